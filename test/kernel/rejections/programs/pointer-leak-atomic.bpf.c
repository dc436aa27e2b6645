#include "../common.h"

// grants: CAP_BPF CAP_NET_ADMIN
struct entry { __u64 where; };
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
  if (entry)
    __sync_fetch_and_add(&entry->where, (__u64)ctx); // rejected: pointer-leak
  return XDP_PASS;
}
