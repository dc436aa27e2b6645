#include "../common.h"

static long (*bpf_of_tomorrow)(void *ctx) = (void *)9999;

SEC("xdp")
int prog(struct xdp_md *ctx) {
  return bpf_of_tomorrow(ctx); // rejected: unknown-function
}
