#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  return ctx->egress_ifindex ? XDP_PASS : XDP_DROP; // rejected: invalid-context-access
}
