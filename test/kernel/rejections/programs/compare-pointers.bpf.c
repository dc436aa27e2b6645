#include "../common.h"

// grants: CAP_BPF CAP_NET_ADMIN
SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  return (void *)ctx > data ? XDP_PASS : XDP_DROP; // rejected: pointer-leak
}
