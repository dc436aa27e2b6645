// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Answer pings for chosen IPv4 addresses out of the interface that they came
 * in by, without the network stack. All else passes.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Where a reply starts out, whatever was left of the request. */
#define REPLY_TTL 64

/* More fragments to come, or an offset: part of a larger packet. */
#define FRAGMENT 0x3fff

/* Addresses to answer for, and how often that was done. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, __u64);
} answered SEC(".maps");

/*
 * A checksum after one 16-bit word of what it covers went from old to new
 * (RFC 1624, equation 3): no need to read all of it again.
 */
static __always_inline __u16 updated(__u16 check, __u16 old, __u16 new)
{
	__u32 sum = (__u16)~check + (__u16)~old + new;

	/* What overflows 16 bits is added back in; the first time may overflow again. */
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline void swap_macs(struct ethhdr *eth)
{
	unsigned char mac[ETH_ALEN];

	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
}

SEC("xdp")
int xdp_icmp_echo(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct icmphdr *icmp;
	struct iphdr *ip;
	__be32 address;
	__u64 *count;
	__u16 *word;
	__u16 old;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;

	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	/* Options may ask for more than a swap of addresses: the stack knows how. */
	if (ip->ihl != 5 || ip->protocol != IPPROTO_ICMP)
		return XDP_PASS;
	if (ip->frag_off & bpf_htons(FRAGMENT))
		return XDP_PASS;

	icmp = (void *)(ip + 1);
	if ((void *)(icmp + 1) > data_end)
		return XDP_PASS;
	if (icmp->type != ICMP_ECHO || icmp->code != 0)
		return XDP_PASS;

	address = ip->daddr;
	count = bpf_map_lookup_elem(&answered, &address);
	if (!count)
		return XDP_PASS;
	__sync_fetch_and_add(count, 1);

	swap_macs(eth);

	/* A sum does not mind in which order its parts come: no checksum changes. */
	ip->daddr = ip->saddr;
	ip->saddr = address;

	/* Checksums are over 16-bit words: the TTL shares one with the protocol. */
	word = (__u16 *)&ip->ttl;
	old = *word;
	ip->ttl = REPLY_TTL;
	ip->check = updated(ip->check, old, *word);

	/* Type and code are one word too. */
	word = (__u16 *)&icmp->type;
	old = *word;
	icmp->type = ICMP_ECHOREPLY;
	icmp->checksum = updated(icmp->checksum, old, *word);

	return XDP_TX;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
