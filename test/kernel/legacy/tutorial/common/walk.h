/* Steps through the headers of a packet; each step moves the cursor and says what comes next, or -1. */
#ifndef COMMON_WALK_H
#define COMMON_WALK_H

#include <stddef.h>
#include <stdint.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

struct cursor {
	void *at;
};

struct tag {
	__be16 control;
	__be16 inner;
};

#ifndef TAGS_AT_MOST
#define TAGS_AT_MOST 2
#endif

static __always_inline int is_tag(uint16_t proto)
{
	return !!(proto == bpf_htons(ETH_P_8021Q) || proto == bpf_htons(ETH_P_8021AD));
}

static __always_inline int step_ethernet(struct cursor *cursor, void *data_end, struct ethhdr **found)
{
	struct ethhdr *eth = cursor->at;
	struct tag *tag;
	uint16_t proto;
	int i;

	if ((void *)(eth + 1) > data_end)
		return -1;
	*found = eth;
	tag = (void *)(eth + 1);
	proto = eth->h_proto;
#pragma unroll
	for (i = 0; i < TAGS_AT_MOST; i++) {
		if (!is_tag(proto))
			break;
		if ((void *)(tag + 1) > data_end)
			break;
		proto = tag->inner;
		tag++;
	}
	cursor->at = tag;
	return proto;
}

static __always_inline int step_ipv4(struct cursor *cursor, void *data_end, struct iphdr **found)
{
	struct iphdr *ip = cursor->at;
	int length;

	if ((void *)(ip + 1) > data_end)
		return -1;
	length = ip->ihl * 4;
	if (length < (int)sizeof(*ip))
		return -1;
	if (cursor->at + length > data_end)
		return -1;
	cursor->at += length;
	*found = ip;
	return ip->protocol;
}

static __always_inline int step_ipv6(struct cursor *cursor, void *data_end, struct ipv6hdr **found)
{
	struct ipv6hdr *ip = cursor->at;

	if ((void *)(ip + 1) > data_end)
		return -1;
	cursor->at = ip + 1;
	*found = ip;
	return ip->nexthdr;
}

static __always_inline int step_udp(struct cursor *cursor, void *data_end, struct udphdr **found)
{
	struct udphdr *udp = cursor->at;
	int length;

	if ((void *)(udp + 1) > data_end)
		return -1;
	cursor->at = udp + 1;
	*found = udp;
	length = bpf_ntohs(udp->len) - sizeof(struct udphdr);
	return length < 0 ? -1 : length;
}

static __always_inline int step_tcp(struct cursor *cursor, void *data_end, struct tcphdr **found)
{
	struct tcphdr *tcp = cursor->at;
	int length;

	if ((void *)(tcp + 1) > data_end)
		return -1;
	length = tcp->doff * 4;
	if (length < (int)sizeof(*tcp) || cursor->at + length > data_end)
		return -1;
	cursor->at += length;
	*found = tcp;
	return length;
}

#endif
