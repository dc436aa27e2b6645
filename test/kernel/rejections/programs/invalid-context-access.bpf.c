#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u64 *both = (void *)ctx;
  return *both ? XDP_PASS : XDP_DROP; // rejected: invalid-context-access
}
