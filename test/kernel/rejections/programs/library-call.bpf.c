#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  char text[64];
  __builtin_memset(text, 0, ctx->rx_queue_index); // rejected: library-call
  keep(*text);
  return text[5];
}
