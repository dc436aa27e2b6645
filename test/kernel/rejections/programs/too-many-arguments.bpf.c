#include "../common.h"

__noinline int sum(int a, int b, int c, int d, int e, int f) { // rejected: too-many-arguments
  return a + b + c + d + e + f;
}

SEC("xdp")
int prog(struct xdp_md *ctx) { return sum(ctx->data, ctx->data_end, ctx->rx_queue_index, 1, 2, 3); }
