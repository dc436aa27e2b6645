#include "../common.h"

// flags: -g0
struct entry { __u64 packets; };
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct entry);
} entries SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) { // rejected: missing-btf
  __u32 key = 0;
  return bpf_map_lookup_elem(&entries, &key) ? XDP_PASS : XDP_DROP;
}
