#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  unsigned long data = ctx->data;
  return data * 3 > 7 ? XDP_PASS : XDP_DROP; // rejected: pointer-arithmetic
}
