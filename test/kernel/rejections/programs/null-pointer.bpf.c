#include "../common.h"

struct entry { __u64 packets; };
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
  if (!entry)
    bpf_printk("no entry");
  asm volatile("" ::: "memory");
  entry->packets++; // rejected: null-pointer
  return XDP_PASS;
}
