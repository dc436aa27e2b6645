#include "../common.h"

// grants: CAP_BPF CAP_NET_ADMIN
SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile("r0 = r1");
  __asm__ volatile("exit"); // rejected: pointer-leak
}
