#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  volatile char text[600]; // rejected: stack-over-limit
  text[ctx->rx_queue_index & 127] = 1;
  return text[3];
}
