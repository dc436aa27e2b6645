#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __asm__ volatile("r10 = 0"); // rejected: frame-pointer-write
  return XDP_PASS;
}
