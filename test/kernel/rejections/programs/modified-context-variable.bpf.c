#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 *words = (void *)ctx;
  return words[ctx->rx_queue_index & 3] ? XDP_PASS : XDP_DROP; // rejected: modified-context
}
