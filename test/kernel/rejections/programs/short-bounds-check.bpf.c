#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *data_end = (void *)(long)ctx->data_end;
  struct ethhdr *eth = data;
  if ((void *)(eth + 1) > data_end)
    return XDP_DROP;
  struct iphdr *ip = (void *)(eth + 1);
  return ip->ttl > 1 ? XDP_PASS : XDP_DROP; // rejected: short-bounds-check
}
