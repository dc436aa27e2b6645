#include "../common.h"

static __noinline int inner(struct xdp_md *ctx) {
  volatile char text[300] = {};
  text[ctx->rx_queue_index & 127] = 1;
  return text[4];
}

SEC("xdp")
int prog(struct xdp_md *ctx) { // rejected: combined-stack
  volatile char text[300] = {};
  text[ctx->rx_queue_index & 127] = 1;
  return inner(ctx) + text[3];
}
