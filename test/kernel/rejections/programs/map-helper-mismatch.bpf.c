#include "../common.h"

struct entry { __u32 ifindex; };
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct entry);
} entries SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  return bpf_redirect_map(&entries, 0, XDP_PASS); // rejected: map-helper-mismatch
}
