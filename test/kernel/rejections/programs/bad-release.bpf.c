#include "../common.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 *event = bpf_ringbuf_reserve(&events, 16, 0);
  if (!event)
    return XDP_PASS;
  bpf_ringbuf_submit(event + 1, 0); // rejected: bad-release
  return XDP_PASS;
}
