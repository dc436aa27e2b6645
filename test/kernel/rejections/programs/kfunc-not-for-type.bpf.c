#include "../common.h"

extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags, struct bpf_dynptr *packet) __ksym;

SEC("xdp")
int prog(struct xdp_md *ctx) {
  struct bpf_dynptr packet;
  return bpf_dynptr_from_skb((void *)ctx, 0, &packet); // rejected: helper-not-for-type
}
