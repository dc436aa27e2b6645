#include "../common.h"

struct entry { struct bpf_spin_lock lock; __u32 count; };
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
  bpf_spin_lock(&entry->lock); // rejected: spin-lock
  entry->count++;
  return XDP_PASS;
}
