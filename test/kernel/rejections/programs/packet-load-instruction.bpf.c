#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __asm__ volatile("r6 = r1" ::: "r6");
  __asm__ volatile("r0 = *(u8 *)skb[12]" ::: "r0", "r1", "r2", "r3", "r4", "r5"); // rejected: packet-load-instruction
  return XDP_PASS;
}
