#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  struct bpf_sock_tuple tuple = {};
  struct bpf_sock *sock = bpf_sk_lookup_udp(ctx, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0); // rejected: unreleased-reference
  return sock ? XDP_DROP : XDP_PASS;
}
