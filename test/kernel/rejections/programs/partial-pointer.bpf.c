#include "../common.h"

// grants: CAP_BPF CAP_NET_ADMIN
SEC("xdp")
int prog(struct xdp_md *ctx) {
  __asm__ volatile("*(u64 *)(r10 - 8) = %0" ::"r"(ctx) : "memory");
  long half;
  __asm__ volatile("%0 = *(u32 *)(r10 - 8)" : "=r"(half)); // rejected: partial-pointer
  return half;
}
