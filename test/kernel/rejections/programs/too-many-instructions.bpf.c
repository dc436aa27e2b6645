#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  volatile __u64 sum = 0;
#pragma clang loop unroll(disable)
  for (__u64 i = 0; i < 1000000; i++) sum += i; // rejected: too-many-instructions
  return sum ? XDP_PASS : XDP_DROP;
}
