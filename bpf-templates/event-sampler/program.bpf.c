// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Send the first bytes of every so many packets to user space through a ring
 * buffer. Nothing is dropped or changed.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

#define SNAP_LENGTH 64

/* What user space reads: one a sample. */
struct event {
	__u64 time;	/* ns since boot */
	__u32 ifindex;
	__u32 queue;
	__u32 length;	/* of the whole packet */
	__u32 captured;	/* bytes of it that follow */
	unsigned char head[SNAP_LENGTH];
};

/* One ring for all CPUs, in the order in which they reserved. Its size is in bytes. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

struct sampling {
	__u32 one_in;	/* 1 is every packet; 0, as at the start, is none */
	__u32 unused;
	__u64 packets;
	__u64 sampled;
	__u64 lost;	/* the ring was full: its reader is too slow, or there is none */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sampling);
} sampling SEC(".maps");

static __always_inline void capture(struct event *event, struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;
	unsigned char *data_end = (void *)(long)ctx->data_end;
	__u32 i;

	event->time = bpf_ktime_get_ns();
	event->ifindex = ctx->ingress_ifindex;
	event->queue = ctx->rx_queue_index;
	event->length = data_end - data;

	/* The ring is not cleared between events: what the packet does not fill is filled here. */
	__builtin_memset(event->head, 0, sizeof(event->head));
	for (i = 0; i < SNAP_LENGTH; i++) {
		if (data + i + 1 > data_end)
			break;
		event->head[i] = data[i];
	}
	event->captured = i;
}

SEC("xdp")
int xdp_sample(struct xdp_md *ctx)
{
	struct sampling *sampler;
	struct event *event;
	__u32 key = 0;

	sampler = bpf_map_lookup_elem(&sampling, &key);
	if (!sampler)
		return XDP_PASS;
	__sync_fetch_and_add(&sampler->packets, 1);

	/* By chance and not by count: a pattern in the traffic cannot hide from it. */
	if (sampler->one_in == 0)
		return XDP_PASS;
	if (bpf_get_prandom_u32() % sampler->one_in)
		return XDP_PASS;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&sampler->lost, 1);
		return XDP_PASS;
	}
	capture(event, ctx);
	/* From here on the reader may have it. Every way out must submit or discard. */
	bpf_ringbuf_submit(event, 0);
	__sync_fetch_and_add(&sampler->sampled, 1);

	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
