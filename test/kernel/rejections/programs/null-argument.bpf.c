#include "../common.h"

struct entry { __u32 key; };
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct entry);
} entries SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 key = 0;
  struct entry *entry = bpf_map_lookup_elem(&entries, &key);
  entry = bpf_map_lookup_elem(&entries, entry); // rejected: null-argument
  return entry ? XDP_DROP : XDP_PASS;
}
