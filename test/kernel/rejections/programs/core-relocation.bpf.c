#include "../common.h"

struct net_device___mine {
  int no_such_field;
} __attribute__((preserve_access_index));

SEC("xdp")
int prog(struct xdp_md *ctx) {
  if (ctx->rx_queue_index == 3)
    return XDP_DROP;
  struct net_device___mine *device = (void *)ctx;
  return device->no_such_field; // rejected: core-relocation
}
