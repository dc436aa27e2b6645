#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  unsigned char *data_end = (void *)(long)ctx->data_end;
  return *data_end; // rejected: packet-end-access
}
