#include "../common.h"

struct entry { __u64 packets; };
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct entry);
  __uint(map_flags, BPF_F_RDONLY_PROG);
} entries SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 key = 0;
  struct entry *entry = bpf_map_lookup_elem(&entries, &key);
  if (entry)
    entry->packets = 1; // rejected: read-only-memory
  return XDP_PASS;
}
