#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "../common/walk.h"
#include "../common/rewrite.h"
#include "../common/count_actions.h"

#ifndef AF_INET
#define AF_INET 2
#endif
#ifndef AF_INET6
#define AF_INET6 10
#endif
#define IPV6_FLOWINFO_MASK bpf_htonl(0x0FFFFFFF)

struct bpf_map_def SEC("maps") tx_port = {
	.type        = BPF_MAP_TYPE_DEVMAP,
	.key_size    = sizeof(int),
	.value_size  = sizeof(int),
	.max_entries = 256,
};

/* the source's address, and where it is sent to */
struct bpf_map_def SEC("maps") redirect_params = {
	.type        = BPF_MAP_TYPE_HASH,
	.key_size    = ETH_ALEN,
	.value_size  = ETH_ALEN,
	.max_entries = 1,
};

SEC("xdp_icmp_echo")
int xdp_icmp_echo_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	__u32 action = XDP_PASS, sum, swapped;
	struct icmphdr *icmp;
	struct ethhdr *eth;
	struct iphdr *ip;
	__be16 before;

	if (step_ethernet(&cursor, data_end, &eth) != bpf_htons(ETH_P_IP))
		goto out;
	if (step_ipv4(&cursor, data_end, &ip) != IPPROTO_ICMP)
		goto out;
	icmp = cursor.at;
	if ((void *)(icmp + 1) > data_end || icmp->type != ICMP_ECHO)
		goto out;
	swapped = ip->saddr;
	ip->saddr = ip->daddr;
	ip->daddr = swapped;
	swap_addresses(eth);
	before = ~icmp->checksum;
	icmp->type = ICMP_ECHOREPLY;
	sum = before + ICMP_ECHOREPLY + (__u16)~(ICMP_ECHO);
	icmp->checksum = fold_checksum(sum);
	action = XDP_TX;
out:
	return count_action(ctx, action);
}

SEC("xdp_redirect")
int xdp_redirect_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	unsigned char dst[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 1 };
	struct ethhdr *eth;
	unsigned ifindex = 3;

	if (step_ethernet(&cursor, data_end, &eth) < 0)
		return XDP_PASS;
	__builtin_memcpy(eth->h_dest, dst, ETH_ALEN);
	return count_action(ctx, bpf_redirect(ifindex, 0));
}

SEC("xdp_redirect_map")
int xdp_redirect_map_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	int action = XDP_PASS;
	struct ethhdr *eth;
	unsigned char *dst;

	if (step_ethernet(&cursor, data_end, &eth) < 0)
		goto out;
	dst = bpf_map_lookup_elem(&redirect_params, eth->h_source);
	if (!dst)
		goto out;
	__builtin_memcpy(eth->h_dest, dst, ETH_ALEN);
	action = bpf_redirect_map(&tx_port, 0, 0);
out:
	return count_action(ctx, action);
}

SEC("xdp_router")
int xdp_router_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct bpf_fib_lookup fib = {};
	struct ethhdr *eth = data;
	struct ipv6hdr *ip6;
	struct iphdr *ip;
	__u32 sum;

	if ((void *)(eth + 1) > data_end)
		return XDP_DROP;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		ip = (void *)(eth + 1);
		if ((void *)(ip + 1) > data_end)
			return XDP_DROP;
		if (ip->ttl <= 1)
			return XDP_PASS;
		fib.family = AF_INET;
		fib.tos = ip->tos;
		fib.l4_protocol = ip->protocol;
		fib.tot_len = bpf_ntohs(ip->tot_len);
		fib.ipv4_src = ip->saddr;
		fib.ipv4_dst = ip->daddr;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct in6_addr *src = (struct in6_addr *)fib.ipv6_src;
		struct in6_addr *dst = (struct in6_addr *)fib.ipv6_dst;

		ip6 = (void *)(eth + 1);
		if ((void *)(ip6 + 1) > data_end)
			return XDP_DROP;
		if (ip6->hop_limit <= 1)
			return XDP_PASS;
		fib.family = AF_INET6;
		fib.flowinfo = *(__be32 *)ip6 & IPV6_FLOWINFO_MASK;
		fib.l4_protocol = ip6->nexthdr;
		fib.tot_len = bpf_ntohs(ip6->payload_len);
		*src = ip6->saddr;
		*dst = ip6->daddr;
	} else {
		return XDP_PASS;
	}
	fib.ifindex = ctx->ingress_ifindex;
	switch (bpf_fib_lookup(ctx, &fib, sizeof(fib), 0)) {
	case BPF_FIB_LKUP_RET_SUCCESS:
		if (eth->h_proto == bpf_htons(ETH_P_IP)) {
			ip = (void *)(eth + 1);
			if ((void *)(ip + 1) > data_end)
				return XDP_DROP;
			sum = ip->check + bpf_htons(0x0100);
			ip->check = sum + (sum >= 0xffff);
			--ip->ttl;
		} else {
			ip6 = (void *)(eth + 1);
			if ((void *)(ip6 + 1) > data_end)
				return XDP_DROP;
			ip6->hop_limit--;
		}
		__builtin_memcpy(eth->h_dest, fib.dmac, ETH_ALEN);
		__builtin_memcpy(eth->h_source, fib.smac, ETH_ALEN);
		return count_action(ctx, bpf_redirect(fib.ifindex, 0));
	case BPF_FIB_LKUP_RET_BLACKHOLE:
	case BPF_FIB_LKUP_RET_UNREACHABLE:
	case BPF_FIB_LKUP_RET_PROHIBIT:
		return XDP_DROP;
	}
	return XDP_PASS;
}

SEC("xdp_pass")
int xdp_pass_func(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
