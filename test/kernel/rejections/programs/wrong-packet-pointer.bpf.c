#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *data_end = (void *)(long)ctx->data_end;
  struct iphdr *ip = data;
  if ((void *)(ip + 1) > data_end)
    return XDP_DROP;
  unsigned char *payload = data + ip->ihl * 4;
  if (data + 64 > data_end)
    return XDP_DROP;
  return payload[3] == 80 ? XDP_DROP : XDP_PASS; // rejected: wrong-packet-pointer
}
