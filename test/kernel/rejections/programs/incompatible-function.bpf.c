#include "../common.h"

extern int bpf_dynptr_from_xdp(struct xdp_md *ctx) __ksym;

SEC("xdp")
int prog(struct xdp_md *ctx) {
  return bpf_dynptr_from_xdp(ctx); // rejected: incompatible-function
}
