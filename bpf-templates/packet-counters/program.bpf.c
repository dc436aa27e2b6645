// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Count packets and bytes by the action that the program returns, and let a
 * map say which action that is.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The actions are numbered without gaps: XDP_ABORTED (0) to XDP_REDIRECT (4). */
#define ACTIONS (XDP_REDIRECT + 1)

struct datarec {
	__u64 rx_packets;
	__u64 rx_bytes;
};

/* What was counted: the key is the action. Written here, read from outside. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ACTIONS);
	__type(key, __u32);
	__type(value, struct datarec);
} xdp_stats_map SEC(".maps");

/* What to do with every packet: one action at key 0. Written from outside. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xdp_action SEC(".maps");

static __always_inline __u32 chosen_action(void)
{
	__u32 key = 0;
	__u32 *action = bpf_map_lookup_elem(&xdp_action, &key);

	if (!action)
		return XDP_PASS;

	switch (*action) {
	case XDP_DROP:
		return XDP_DROP;
	case XDP_TX:
		return XDP_TX;
	default:
		/*
		 * An array starts out as zeros, so 0 means "not chosen". A
		 * redirect needs a target, and there is none here. Neither of
		 * them, nor a number that is no action, may lose packets.
		 */
		return XDP_PASS;
	}
}

SEC("xdp")
int xdp_count(struct xdp_md *ctx)
{
	__u32 action = chosen_action();
	struct datarec *rec;

	rec = bpf_map_lookup_elem(&xdp_stats_map, &action);
	/* The key is always in range, but the verifier asks for proof. */
	if (!rec)
		return XDP_ABORTED;

	/*
	 * Receive queues run on several CPUs and share this record: a plain
	 * += would lose counts. A per-CPU array would be faster still, at the
	 * price of a reader that has to add up.
	 */
	__sync_fetch_and_add(&rec->rx_packets, 1);
	__sync_fetch_and_add(&rec->rx_bytes, ctx->data_end - ctx->data);

	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
