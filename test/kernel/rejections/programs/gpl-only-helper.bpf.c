#define OWN_LICENSE
#include "../common.h"

char LICENSE[] SEC("license") = "Proprietary";

SEC("xdp")
int prog(struct xdp_md *ctx) {
  static const char format[] = "packet";
  bpf_trace_printk(format, sizeof(format)); // rejected: gpl-only-helper
  return XDP_PASS;
}
