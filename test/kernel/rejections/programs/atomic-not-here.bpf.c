#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *data_end = (void *)(long)ctx->data_end;
  __u32 *word = data;
  if ((void *)(word + 1) > data_end)
    return XDP_DROP;
  __sync_fetch_and_add(word, 1); // rejected: atomic-not-here
  return XDP_PASS;
}
