#include "../common.h"

struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, 4);
  __uint(key_size, 4);
  __uint(value_size, 4);
} jumps SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 *event = bpf_ringbuf_reserve(&events, 16, 0);
  if (!event)
    return XDP_PASS;
  bpf_tail_call(ctx, &jumps, 0); // rejected: tail-call
  bpf_ringbuf_submit(event, 0);
  return XDP_PASS;
}
