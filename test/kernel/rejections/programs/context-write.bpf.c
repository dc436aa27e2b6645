#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  ctx->data = 0; // rejected: context-write
  return XDP_PASS;
}
