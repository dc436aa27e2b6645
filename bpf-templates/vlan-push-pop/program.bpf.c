// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Put a VLAN tag on frames that have none, or take one off, by the interface
 * that they come in by. The network stack gets the frame as it is then.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define VID_MASK 0x0fff

/* A tagged frame's header, in full. */
struct vlan_eth {
	unsigned char dst[ETH_ALEN];
	unsigned char src[ETH_ALEN];
	__be16 tag_type;
	__be16 tci;	/* priority, drop eligible, VLAN ID */
	__be16 proto;	/* type of what comes next */
};

#define TAG_SIZE (sizeof(struct vlan_eth) - sizeof(struct ethhdr))

enum tag_action {
	TAG_KEEP,
	TAG_PUSH,	/* on frames without a tag */
	TAG_POP,	/* off frames whose outer tag has this VLAN ID */
};

struct rule {
	enum tag_action action;
	__u32 vid;
	__u64 packets;	/* changed so far */
};

/* By ifindex. An interface without a row keeps its frames as they are. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct rule);
} tag_rules SEC(".maps");

static __always_inline int is_tagged(__be16 proto)
{
	return proto == bpf_htons(ETH_P_8021Q) || proto == bpf_htons(ETH_P_8021AD);
}

/* Both answer with 0, or with less where the frame could not be changed. */
static __always_inline int push(struct xdp_md *ctx, __u16 vid)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct vlan_eth *tagged;
	struct ethhdr old;

	if ((void *)(eth + 1) > data_end)
		return -1;
	old = *eth;

	/* Room is made in front: the addresses move, the payload stays where it is. */
	if (bpf_xdp_adjust_head(ctx, -(int)TAG_SIZE))
		return -1;

	/* Every pointer into the packet is void now: take them and check them anew. */
	data = (void *)(long)ctx->data;
	data_end = (void *)(long)ctx->data_end;
	tagged = data;
	if ((void *)(tagged + 1) > data_end)
		return -1;

	__builtin_memcpy(tagged->dst, old.h_dest, ETH_ALEN);
	__builtin_memcpy(tagged->src, old.h_source, ETH_ALEN);
	tagged->tag_type = bpf_htons(ETH_P_8021Q);
	tagged->tci = bpf_htons(vid);
	tagged->proto = old.h_proto;
	return 0;
}

static __always_inline int pop(struct xdp_md *ctx, __u16 vid)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct vlan_eth *tagged = data;
	struct vlan_eth old;
	struct ethhdr *eth;

	if ((void *)(tagged + 1) > data_end)
		return -1;
	if ((bpf_ntohs(tagged->tci) & VID_MASK) != vid)
		return -1;
	old = *tagged;

	if (bpf_xdp_adjust_head(ctx, (int)TAG_SIZE))
		return -1;

	data = (void *)(long)ctx->data;
	data_end = (void *)(long)ctx->data_end;
	eth = data;
	if ((void *)(eth + 1) > data_end)
		return -1;

	__builtin_memcpy(eth->h_dest, old.dst, ETH_ALEN);
	__builtin_memcpy(eth->h_source, old.src, ETH_ALEN);
	eth->h_proto = old.proto;
	return 0;
}

SEC("xdp")
int xdp_vlan(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	__u32 ifindex = ctx->ingress_ifindex;
	struct ethhdr *eth = data;
	int tagged, failed = -1;
	struct rule *rule;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	tagged = is_tagged(eth->h_proto);

	rule = bpf_map_lookup_elem(&tag_rules, &ifindex);
	if (!rule)
		return XDP_PASS;

	if (rule->action == TAG_PUSH && !tagged)
		failed = push(ctx, rule->vid & VID_MASK);
	else if (rule->action == TAG_POP && tagged)
		failed = pop(ctx, rule->vid & VID_MASK);

	if (!failed)
		__sync_fetch_and_add(&rule->packets, 1);

	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
