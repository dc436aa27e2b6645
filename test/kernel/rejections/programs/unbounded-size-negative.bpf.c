#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  char bytes[64] = {};
  int length = ctx->rx_queue_index;
  keep(length);
  if (length > 64)
    return XDP_DROP;
  bpf_xdp_load_bytes(ctx, 0, bytes, length); // rejected: unbounded-size
  return bytes[3];
}
