#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define TAGS_AT_MOST 4
#include "../common/walk.h"
#include "../common/rewrite.h"

/* Takes the outer tag off, and gives its number back. */
static __always_inline int tag_pop(struct xdp_md *ctx, struct ethhdr *eth)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr copy;
	struct tag *tag;
	__be16 inner;
	int number = -1;

	if (!is_tag(eth->h_proto))
		return -1;
	tag = (void *)(eth + 1);
	if ((void *)(tag + 1) > data_end)
		return -1;
	number = bpf_ntohs(tag->control) & 0x0fff;
	inner = tag->inner;
	__builtin_memcpy(&copy, eth, sizeof(copy));
	if (bpf_xdp_adjust_head(ctx, (int)sizeof(*tag)))
		return -1;
	eth = (void *)(long)ctx->data;
	data_end = (void *)(long)ctx->data_end;
	if ((void *)(eth + 1) > data_end)
		return -1;
	__builtin_memcpy(eth, &copy, sizeof(*eth));
	eth->h_proto = inner;
	return number;
}

static __always_inline int tag_push(struct xdp_md *ctx, struct ethhdr *eth, int number)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr copy;
	struct tag *tag;

	__builtin_memcpy(&copy, eth, sizeof(copy));
	if (bpf_xdp_adjust_head(ctx, 0 - (int)sizeof(*tag)))
		return -1;
	data_end = (void *)(long)ctx->data_end;
	eth = (void *)(long)ctx->data;
	if ((void *)(eth + 1) > data_end)
		return -1;
	__builtin_memcpy(eth, &copy, sizeof(*eth));
	tag = (void *)(eth + 1);
	if ((void *)(tag + 1) > data_end)
		return -1;
	tag->control = bpf_htons(number);
	tag->inner = eth->h_proto;
	eth->h_proto = bpf_htons(ETH_P_8021Q);
	return 0;
}

SEC("xdp_patch_ports")
int xdp_patch_ports_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	struct ethhdr *eth;
	struct iphdr *ip;
	struct ipv6hdr *ip6;
	struct udphdr *udp;
	struct tcphdr *tcp;
	int proto, next = step_ethernet(&cursor, data_end, &eth);

	if (next < 0)
		return XDP_ABORTED;
	if (next == bpf_htons(ETH_P_IP))
		proto = step_ipv4(&cursor, data_end, &ip);
	else if (next == bpf_htons(ETH_P_IPV6))
		proto = step_ipv6(&cursor, data_end, &ip6);
	else
		return XDP_PASS;
	if (proto == IPPROTO_UDP) {
		if (step_udp(&cursor, data_end, &udp) < 0)
			return XDP_ABORTED;
		udp->dest = bpf_htons(bpf_ntohs(udp->dest) - 1);
		udp->check += bpf_htons(1);
		if (!udp->check)
			udp->check += bpf_htons(1);
	} else if (proto == IPPROTO_TCP) {
		if (step_tcp(&cursor, data_end, &tcp) < 0)
			return XDP_ABORTED;
		tcp->dest = bpf_htons(bpf_ntohs(tcp->dest) - 1);
		tcp->check += bpf_htons(1);
	}
	return XDP_PASS;
}

SEC("xdp_vlan01")
int xdp_vlan_swap_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	struct ethhdr *eth;

	if (step_ethernet(&cursor, data_end, &eth) < 0)
		return XDP_PASS;
	if (is_tag(eth->h_proto))
		tag_pop(ctx, eth);
	else
		tag_push(ctx, eth, 1);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
