#include "../common.h"

static __noinline int again(struct xdp_md *ctx, int depth) {
  volatile int seen = depth;
  if (ctx->rx_queue_index == depth)
    return 1;
  return again(ctx, depth + 1) + seen; // rejected: call-chain-too-deep
}

SEC("xdp")
int prog(struct xdp_md *ctx) { return again(ctx, 0); }
