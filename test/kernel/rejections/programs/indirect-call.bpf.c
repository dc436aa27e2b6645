#include "../common.h"

static __noinline int one(int x) { return x + 1; }
static __noinline int two(int x) { return x * 3; }

SEC("xdp")
int prog(struct xdp_md *ctx) {
  int (*which)(int) = ctx->rx_queue_index ? one : two;
  keep(which);
  return which(3); // rejected: indirect-call
}
