#include "../common.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 0);
  __type(key, __u32);
  __type(value, __u32);
} entries SEC(".maps"); // rejected: map-not-created

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 key = 0;
  return bpf_map_lookup_elem(&entries, &key) ? XDP_PASS : XDP_DROP;
}
