// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Route IPv4 and IPv6 with the kernel's own routes and neighbours: what `ip
 * route` and `ip neigh` show decides, and routing daemons keep working. What
 * the kernel would not forward passes to the network stack.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* From the socket API, whose headers a BPF program cannot include. */
#define AF_INET 2
#define AF_INET6 10

/* BPF_FIB_LKUP_RET_SUCCESS (0) to BPF_FIB_LKUP_RET_FRAG_NEEDED (8), and room for more. */
#define ANSWERS 16

/* How often the kernel gave which answer. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ANSWERS);
	__type(key, __u32);
	__type(value, __u64);
} fib_answers SEC(".maps");

static __always_inline void count(__u32 answer)
{
	__u64 *packets = bpf_map_lookup_elem(&fib_answers, &answer);

	if (packets)
		__sync_fetch_and_add(packets, 1);
}

/* One hop less, and the checksum by as much more (RFC 1141). */
static __always_inline void decrease_ttl(struct iphdr *ip)
{
	__u32 check = ip->check;

	check += bpf_htons(0x0100);
	ip->check = check + (check >= 0xffff);
	ip->ttl--;
}

SEC("xdp")
int xdp_fib_router(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct bpf_fib_lookup fib = {};
	struct ethhdr *eth = data;
	struct ipv6hdr *ip6 = NULL;
	struct iphdr *ip = NULL;
	long answer;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_dest[0] & 1)	/* broadcast and multicast */
		return XDP_PASS;

	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		ip = (void *)(eth + 1);
		if ((void *)(ip + 1) > data_end)
			return XDP_PASS;
		if (ip->ihl != 5 || ip->ttl <= 1)
			return XDP_PASS;

		fib.family = AF_INET;
		fib.tos = ip->tos;
		fib.l4_protocol = ip->protocol;
		/* The kernel compares it with the MTU of the way out. */
		fib.tot_len = bpf_ntohs(ip->tot_len);
		fib.ipv4_src = ip->saddr;
		fib.ipv4_dst = ip->daddr;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		ip6 = (void *)(eth + 1);
		if ((void *)(ip6 + 1) > data_end)
			return XDP_PASS;
		if (ip6->hop_limit <= 1)
			return XDP_PASS;

		fib.family = AF_INET6;
		/* Traffic class and flow label: all of the first word but the version. */
		fib.flowinfo = *(__be32 *)ip6 & bpf_htonl(0x0fffffff);
		fib.l4_protocol = ip6->nexthdr;
		fib.tot_len = bpf_ntohs(ip6->payload_len) + sizeof(*ip6);
		__builtin_memcpy(fib.ipv6_src, &ip6->saddr, sizeof(fib.ipv6_src));
		__builtin_memcpy(fib.ipv6_dst, &ip6->daddr, sizeof(fib.ipv6_dst));
	} else {
		return XDP_PASS;
	}
	fib.ifindex = ctx->ingress_ifindex;

	/* Negative: we asked wrongly. Positive: why the kernel would not forward it. */
	answer = bpf_fib_lookup(ctx, &fib, sizeof(fib), 0);
	if (answer < 0)
		return XDP_PASS;
	count(answer);
	if (answer != BPF_FIB_LKUP_RET_SUCCESS)
		return XDP_PASS;

	if (ip)
		decrease_ttl(ip);
	else if (ip6)
		ip6->hop_limit--;

	/* The lookup has written its answer over the question. */
	__builtin_memcpy(eth->h_dest, fib.dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, fib.smac, ETH_ALEN);

	return bpf_redirect(fib.ifindex, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
