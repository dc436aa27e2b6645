#include "../common.h"

struct entry { char head[3]; __u32 count; } __attribute__((packed));
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
  __u32 *count = (void *)entry + 3;
  keep(count);
  __sync_fetch_and_add(count, 1); // rejected: misaligned-access
  return XDP_PASS;
}
