#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  struct ethhdr *eth = data;
  if (eth->h_proto == 8) // rejected: missing-bounds-check
    return XDP_DROP;
  return XDP_PASS;
}
