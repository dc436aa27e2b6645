#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *data_end = (void *)(long)ctx->data_end;
  unsigned long aligned = (unsigned long)data & 0xff; // rejected: pointer-arithmetic
  if ((void *)aligned + 4 > data_end)
    return XDP_DROP;
  return *(__u32 *)aligned;
}
