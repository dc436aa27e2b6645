#include "../common.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 *event = bpf_ringbuf_reserve(&events, ctx->rx_queue_index & 63, 0); // rejected: constant-needed
  if (event)
    bpf_ringbuf_submit(event, 0);
  return XDP_PASS;
}
