#include "../common.h"

extern int bpf_no_such_function(struct xdp_md *ctx) __ksym __weak;

SEC("xdp")
int prog(struct xdp_md *ctx) {
  int answer = bpf_no_such_function(ctx); // rejected: unknown-function
  keep(answer);
  return answer ? XDP_PASS : XDP_DROP;
}
