#include "../common.h"

// grants: CAP_BPF CAP_NET_ADMIN
struct entry { __u32 key; };
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct entry);
} entries SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 key;
  return bpf_map_lookup_elem(&entries, &key) ? XDP_DROP : XDP_PASS; // rejected: uninitialised-stack
}
