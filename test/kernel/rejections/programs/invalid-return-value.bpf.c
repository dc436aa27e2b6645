#include "../common.h"

static long step(__u32 index, void *context) {
  return index + 2; // rejected: invalid-return-value
}

SEC("xdp")
int prog(struct xdp_md *ctx) {
  bpf_loop(10, step, NULL, 0);
  return XDP_PASS;
}
