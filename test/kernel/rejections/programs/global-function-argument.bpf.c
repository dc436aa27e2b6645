#include "../common.h"

__noinline int count(__u32 *seen) {
  return seen ? *seen : 0;
}

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  return count(data); // rejected: global-function
}
