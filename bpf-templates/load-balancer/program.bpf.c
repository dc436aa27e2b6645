// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Spread the flows of a virtual address over backends, and send each packet
 * to its backend inside another IPv4 packet (IPIP), back out of the interface
 * that it came in by. The backends answer the clients directly.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define BACKENDS 16
#define TUNNEL_TTL 64
#define DONT_FRAGMENT 0x4000
#define FRAGMENT 0x3fff
#define MAX_IP_LENGTH 65535

/* No padding in it: a hash map compares all bytes of its key. */
struct service {
	__be32 addr;
	__be16 port;
	__u16 protocol;	/* 6 is TCP, 17 is UDP */
};

struct balance {
	__be32 tunnel_src;	/* outer source: an address of this machine */
	__u32 unused;
	__u64 packets;
	__u64 unserved;		/* came when there was no backend */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct service);
	__type(value, struct balance);
} services SEC(".maps");

struct backend {
	__be32 addr;			/* outer destination; 0.0.0.0: no backend */
	unsigned char mac[ETH_ALEN];	/* the backend's, or that of the router to it */
	__u16 unused;
	__u64 packets;
};

/* Any order, gaps allowed: which row a backend stands in does not matter. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BACKENDS);
	__type(key, __u32);
	__type(value, struct backend);
} backends SEC(".maps");

struct ports {
	__be16 source;
	__be16 dest;
};

/* Spreads any change of the input over all bits of the result. */
static __always_inline __u32 mix(__u32 value)
{
	value ^= value >> 16;
	value *= 0x7feb352d;
	value ^= value >> 15;
	value *= 0x846ca68b;
	value ^= value >> 16;
	return value;
}

/*
 * Rendezvous hashing: every backend draws a number for this flow, and the
 * highest wins. A backend that goes takes only its own flows along, one that
 * comes gets a fair share of all, and the others keep what they have.
 */
static __always_inline struct backend *choose(__u32 flow)
{
	struct backend *best = NULL;
	__u32 highest = 0;
	__u32 i;

	for (i = 0; i < BACKENDS; i++) {
		__u32 key = i;
		struct backend *candidate = bpf_map_lookup_elem(&backends, &key);
		__u32 drawn;

		if (!candidate || !candidate->addr)
			continue;
		drawn = mix(flow ^ mix(candidate->addr));
		if (best && drawn <= highest)
			continue;
		best = candidate;
		highest = drawn;
	}
	return best;
}

static __always_inline __u16 ip_checksum(const struct iphdr *ip)
{
	const __u16 *word = (const __u16 *)ip;
	__u32 sum = 0;
	int i;

	for (i = 0; i < (int)(sizeof(*ip) / sizeof(*word)); i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

SEC("xdp")
int xdp_balance(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct service service = {};
	struct iphdr *ip, *outer;
	struct ethhdr *eth = data;
	struct backend *backend;
	struct balance *balance;
	struct ethhdr old_eth;
	struct ports *ports;
	__u32 length, flow;
	__u8 tos;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	/* Fragments but the first have no ports: they cannot find their flow's backend. */
	if (ip->ihl != 5 || (ip->frag_off & bpf_htons(FRAGMENT)))
		return XDP_PASS;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	ports = (void *)(ip + 1);
	if ((void *)(ports + 1) > data_end)
		return XDP_PASS;

	service.addr = ip->daddr;
	service.port = ports->dest;
	service.protocol = ip->protocol;
	balance = bpf_map_lookup_elem(&services, &service);
	if (!balance)
		return XDP_PASS;

	/* The same for all packets of a connection. */
	flow = mix(ip->saddr ^ mix(ip->daddr ^ mix(((__u32)ports->source << 16 | ports->dest) ^ ip->protocol)));
	backend = choose(flow);
	if (!backend) {
		__sync_fetch_and_add(&balance->unserved, 1);
		return XDP_DROP;
	}

	length = bpf_ntohs(ip->tot_len) + sizeof(*outer);
	if (length > MAX_IP_LENGTH)
		return XDP_DROP;
	old_eth = *eth;
	tos = ip->tos;

	/* Room for the outer header, in front. Pointers into the packet are void after it. */
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*outer)))
		return XDP_ABORTED;
	data = (void *)(long)ctx->data;
	data_end = (void *)(long)ctx->data_end;
	eth = data;
	outer = (void *)(eth + 1);
	if ((void *)(outer + 1) > data_end)
		return XDP_ABORTED;

	/* It goes back the way it came: from the address that the client's router knew. */
	__builtin_memcpy(eth->h_dest, backend->mac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, old_eth.h_dest, ETH_ALEN);
	eth->h_proto = bpf_htons(ETH_P_IP);

	__builtin_memset(outer, 0, sizeof(*outer));
	outer->version = 4;
	outer->ihl = sizeof(*outer) / 4;
	outer->tos = tos;
	outer->tot_len = bpf_htons(length);
	outer->frag_off = bpf_htons(DONT_FRAGMENT);
	outer->ttl = TUNNEL_TTL;
	outer->protocol = IPPROTO_IPIP;
	outer->saddr = balance->tunnel_src;
	outer->daddr = backend->addr;
	outer->check = ip_checksum(outer);

	__sync_fetch_and_add(&backend->packets, 1);
	__sync_fetch_and_add(&balance->packets, 1);

	return XDP_TX;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
