#include "../common.h"

__noinline void count(struct xdp_md *ctx) { // rejected: global-function
  volatile int seen = ctx->rx_queue_index;
  seen++;
}

SEC("xdp")
int prog(struct xdp_md *ctx) {
  count(ctx);
  return XDP_PASS;
}
