// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Route IPv4 packets by a table of our own: longest prefix to next hop, with
 * new MAC addresses and one hop less to live. What is not for us to route
 * passes to the network stack as it came.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* The layout that the kernel requires of a trie's key. */
struct prefix {
	__u32 prefixlen;
	__be32 addr;
};

struct next_hop {
	__u32 port;			/* key in tx_ports */
	unsigned char src[ETH_ALEN];	/* MAC of the interface to leave by */
	unsigned char dst[ETH_ALEN];	/* MAC of the next router, or of the host */
	__u64 packets;			/* sent that way so far */
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, struct next_hop);
} routes SEC(".maps");

/* Port number to ifindex, looked up in the namespace of whoever writes the row. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} tx_ports SEC(".maps");

/*
 * One hop less. The TTL is the high byte of its 16-bit word, so the word loses
 * 0x0100 and its checksum gains as much, carry included (RFC 1141).
 */
static __always_inline void decrease_ttl(struct iphdr *ip)
{
	__u32 check = ip->check;

	check += bpf_htons(0x0100);
	ip->check = check + (check >= 0xffff);
	ip->ttl--;
}

SEC("xdp")
int xdp_router(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct prefix dest = { .prefixlen = 32 };
	struct ethhdr *eth = data;
	struct next_hop *hop;
	struct iphdr *ip;
	long action;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	/* The lowest bit of the first byte: sent to many, and not to a router. */
	if (eth->h_dest[0] & 1)
		return XDP_PASS;

	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	/* Options are for every router to read: leave those to the stack. */
	if (ip->version != 4 || ip->ihl != 5)
		return XDP_PASS;
	/* It ends here, and somebody should tell the sender: the stack does. */
	if (ip->ttl <= 1)
		return XDP_PASS;

	dest.addr = ip->daddr;
	hop = bpf_map_lookup_elem(&routes, &dest);
	if (!hop)
		return XDP_PASS;

	/*
	 * The redirect happens after the program has returned; this only says
	 * where to. So ask first: for a port without an interface the answer
	 * is the last argument, and the packet is still as it came.
	 */
	action = bpf_redirect_map(&tx_ports, hop->port, XDP_PASS);
	if (action != XDP_REDIRECT)
		return action;

	decrease_ttl(ip);
	__builtin_memcpy(eth->h_dest, hop->dst, ETH_ALEN);
	__builtin_memcpy(eth->h_source, hop->src, ETH_ALEN);
	__sync_fetch_and_add(&hop->packets, 1);

	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
