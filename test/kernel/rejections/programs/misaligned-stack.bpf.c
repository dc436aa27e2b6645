#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __asm__ volatile("r1 = 1" ::: "r1");
  __asm__ volatile("*(u64 *)(r10 - 12) = r1" ::: "memory"); // rejected: misaligned-access
  return XDP_PASS;
}
