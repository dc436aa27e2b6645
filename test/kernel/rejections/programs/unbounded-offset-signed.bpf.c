#include "../common.h"

struct entry { __s8 index; __u64 packets[8]; };
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct entry);
} entries SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 key = 0;
  struct entry *entry = bpf_map_lookup_elem(&entries, &key);
  if (!entry)
    return XDP_DROP;
  __s8 index = entry->index;
  entry->packets[index]++; // rejected: unbounded-offset
  return XDP_PASS;
}
