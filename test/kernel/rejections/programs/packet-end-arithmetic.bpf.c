#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  unsigned char *data = (void *)(long)ctx->data;
  unsigned char *data_end = (void *)(long)ctx->data_end;
  if (data > data_end - 14) // rejected: packet-end-arithmetic
    return XDP_DROP;
  return data[13];
}
