// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Walk the headers of a frame, VLAN tags included, down to the transport
 * protocol, and count what was found. Nothing is dropped.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Two are what IEEE 802.1ad allows; a frame may still carry more. */
#define MAX_TAGS 2

#define VID_MASK 0x0fff
#define FRAGMENT_OFFSET 0x1fff

/* What follows the type field of a tagged frame. The UAPI has no such struct. */
struct vlan_tag {
	__be16 tci;	/* priority, drop eligible, VLAN ID */
	__be16 proto;	/* type of what comes next */
};

enum kind {
	KIND_SHORT,	/* ends within a header */
	KIND_OTHER,	/* neither ARP nor IP */
	KIND_ARP,
	KIND_IPV4,	/* but none of those below */
	KIND_IPV6,
	KIND_FRAGMENT,	/* not the first of an IPv4 packet: no ports in it */
	KIND_TCP,
	KIND_UDP,
	KIND_ICMP,	/* of either IP version */
	KINDS,
};

struct counter {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KINDS);
	__type(key, __u32);
	__type(value, struct counter);
} kinds SEC(".maps");

/* Rows come by themselves; the least recently seen VLAN makes room for a new one. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u16);
	__type(value, struct counter);
} vlans SEC(".maps");

/* Where the next header starts, and where the frame ends. */
struct cursor {
	void *pos;
	void *end;
};

/*
 * Each parser checks that its header is there in full, moves the cursor past
 * it, and answers with the header or NULL. Inlined, because the verifier
 * must see the check and the access in one program.
 */
static __always_inline struct ethhdr *parse_eth(struct cursor *cur)
{
	struct ethhdr *eth = cur->pos;

	if ((void *)(eth + 1) > cur->end)
		return NULL;
	cur->pos = eth + 1;
	return eth;
}

static __always_inline struct vlan_tag *parse_vlan(struct cursor *cur)
{
	struct vlan_tag *tag = cur->pos;

	if ((void *)(tag + 1) > cur->end)
		return NULL;
	cur->pos = tag + 1;
	return tag;
}

static __always_inline struct iphdr *parse_ipv4(struct cursor *cur)
{
	struct iphdr *ip = cur->pos;
	__u32 length;

	if ((void *)(ip + 1) > cur->end)
		return NULL;
	/* Counted in words of four bytes; more than five of them means options. */
	length = ip->ihl * 4;
	if (length < sizeof(*ip) || cur->pos + length > cur->end)
		return NULL;
	cur->pos += length;
	return ip;
}

static __always_inline struct ipv6hdr *parse_ipv6(struct cursor *cur)
{
	struct ipv6hdr *ip6 = cur->pos;

	if ((void *)(ip6 + 1) > cur->end)
		return NULL;
	cur->pos = ip6 + 1;
	return ip6;
}

static __always_inline void count(struct counter *counter, __u64 bytes)
{
	__sync_fetch_and_add(&counter->packets, 1);
	__sync_fetch_and_add(&counter->bytes, bytes);
}

static __always_inline void count_vlan(__u16 vid, __u64 bytes)
{
	struct counter *seen = bpf_map_lookup_elem(&vlans, &vid);
	struct counter first = { .packets = 1, .bytes = bytes };

	if (seen)
		count(seen, bytes);
	else
		bpf_map_update_elem(&vlans, &vid, &first, BPF_NOEXIST);
}

static __always_inline enum kind transport(__u8 protocol, enum kind otherwise)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return KIND_TCP;
	case IPPROTO_UDP:
		return KIND_UDP;
	case IPPROTO_ICMP:
		return otherwise == KIND_IPV4 ? KIND_ICMP : otherwise;
	case IPPROTO_ICMPV6:
		return otherwise == KIND_IPV6 ? KIND_ICMP : otherwise;
	default:
		return otherwise;
	}
}

static __always_inline enum kind parse(struct cursor *cur)
{
	__u64 bytes = cur->end - cur->pos;
	struct ethhdr *eth = parse_eth(cur);
	struct ipv6hdr *ip6;
	struct iphdr *ip;
	__be16 proto;
	int i;

	if (!eth)
		return KIND_SHORT;
	proto = eth->h_proto;

	/* A loop with a fixed bound; clang unrolls it. */
	for (i = 0; i < MAX_TAGS; i++) {
		struct vlan_tag *tag;

		if (proto != bpf_htons(ETH_P_8021Q) && proto != bpf_htons(ETH_P_8021AD))
			break;
		tag = parse_vlan(cur);
		if (!tag)
			return KIND_SHORT;
		/* The outer tag says which VLAN the frame is in here. */
		if (i == 0)
			count_vlan(bpf_ntohs(tag->tci) & VID_MASK, bytes);
		proto = tag->proto;
	}

	switch (bpf_ntohs(proto)) {
	case ETH_P_ARP:
		return KIND_ARP;
	case ETH_P_IP:
		ip = parse_ipv4(cur);
		if (!ip)
			return KIND_SHORT;
		if (ip->frag_off & bpf_htons(FRAGMENT_OFFSET))
			return KIND_FRAGMENT;
		return transport(ip->protocol, KIND_IPV4);
	case ETH_P_IPV6:
		ip6 = parse_ipv6(cur);
		if (!ip6)
			return KIND_SHORT;
		/* Extension headers are not walked: see the README. */
		return transport(ip6->nexthdr, KIND_IPV6);
	default:
		return KIND_OTHER;
	}
}

SEC("xdp")
int xdp_parse(struct xdp_md *ctx)
{
	struct cursor cur = {
		.pos = (void *)(long)ctx->data,
		.end = (void *)(long)ctx->data_end,
	};
	__u64 bytes = cur.end - cur.pos;
	__u32 kind = parse(&cur);
	struct counter *counter;

	counter = bpf_map_lookup_elem(&kinds, &kind);
	if (counter)
		count(counter, bytes);

	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
