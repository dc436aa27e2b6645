#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  volatile char text[64] = {};
  text[ctx->rx_queue_index & 255] = 1; // rejected: variable-stack-offset
  return text[3];
}
