#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *data_end = (void *)(long)ctx->data_end;
  __s64 *offset = data;
  if ((void *)(offset + 1) > data_end)
    return XDP_DROP;
  unsigned char *payload = data + *offset; // rejected: unbounded-offset
  if ((void *)(payload + 1) > data_end)
    return XDP_DROP;
  return *payload ? XDP_PASS : XDP_DROP;
}
