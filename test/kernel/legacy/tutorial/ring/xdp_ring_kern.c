#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 time;
	__u32 ifindex;
	__u8 head[14];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} programs SEC(".maps");

SEC("xdp")
int sample(struct xdp_md *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return XDP_PASS;
	event->time = bpf_ktime_get_ns();
	event->ifindex = ctx->ingress_ifindex;
	__builtin_memset(event->head, 0, sizeof(event->head));
	if (bpf_xdp_load_bytes(ctx, 0, event->head, sizeof(event->head)))
		bpf_ringbuf_discard(event, 0);
	else
		bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	bpf_tail_call(ctx, &programs, 0);
	return XDP_PASS;
}

SEC("xdp.frags")
int sample_large(struct xdp_md *ctx)
{
	return bpf_xdp_get_buff_len(ctx) > 4096 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
