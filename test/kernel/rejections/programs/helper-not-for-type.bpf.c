#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  char bytes[4] = {};
  bpf_skb_load_bytes(ctx, 0, bytes, sizeof(bytes)); // rejected: helper-not-for-type
  return bytes[0];
}
