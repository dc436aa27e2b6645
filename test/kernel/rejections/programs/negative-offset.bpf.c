#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  unsigned char *data = (void *)(long)ctx->data;
  unsigned char *data_end = (void *)(long)ctx->data_end;
  if (data + 1 > data_end)
    return XDP_DROP;
  data += (signed char)*data;
  if (data + 1 > data_end)
    return XDP_DROP;
  return *data ? XDP_PASS : XDP_DROP; // rejected: negative-offset
}
