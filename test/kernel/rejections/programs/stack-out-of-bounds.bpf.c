#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __asm__ volatile("r1 = 1" ::: "r1");
  __asm__ volatile("*(u64 *)(r10 - 520) = r1" ::: "memory"); // rejected: stack-out-of-bounds
  return XDP_PASS;
}
