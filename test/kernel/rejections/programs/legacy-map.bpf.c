#include "../common.h"

struct bpf_map_def {
  unsigned int type;
  unsigned int key_size;
  unsigned int value_size;
  unsigned int max_entries;
  unsigned int map_flags;
};
struct bpf_map_def SEC("maps") counts = { // rejected: legacy-map
    .type = BPF_MAP_TYPE_ARRAY,
    .key_size = 4,
    .value_size = 8,
    .max_entries = 4,
};

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 key = 0;
  return bpf_map_lookup_elem(&counts, &key) ? XDP_PASS : XDP_DROP;
}
