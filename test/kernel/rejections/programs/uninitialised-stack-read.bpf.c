#include "../common.h"

// grants: CAP_BPF CAP_NET_ADMIN
SEC("xdp")
int prog(struct xdp_md *ctx) {
  volatile __u64 value;
  return value ? XDP_DROP : XDP_PASS; // rejected: uninitialised-stack
}
