#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  char bytes[64] = {};
  bpf_xdp_load_bytes(ctx, 0, bytes, ctx->rx_queue_index); // rejected: unbounded-size
  return bytes[3];
}
