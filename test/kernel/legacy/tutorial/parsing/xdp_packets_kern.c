#include <stddef.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ipv6.h>
#include <linux/icmpv6.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "../common/walk.h"
#include "../common/count_actions.h"

SEC("xdp_packet_parser")
int xdp_parser_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	__u32 action = XDP_PASS;
	struct ethhdr *eth;
	struct ipv6hdr *ip6;
	struct iphdr *ip;
	struct icmp6hdr *icmp6;
	struct icmphdr *icmp;
	int next;

	next = step_ethernet(&cursor, data_end, &eth);
	if (next == bpf_htons(ETH_P_IPV6)) {
		if (step_ipv6(&cursor, data_end, &ip6) != IPPROTO_ICMPV6)
			goto out;
		icmp6 = cursor.at;
		if ((void *)(icmp6 + 1) > data_end)
			goto out;
		if (bpf_ntohs(icmp6->icmp6_sequence) % 2 == 0)
			action = XDP_DROP;
	} else if (next == bpf_htons(ETH_P_IP)) {
		if (step_ipv4(&cursor, data_end, &ip) != IPPROTO_ICMP)
			goto out;
		icmp = cursor.at;
		if ((void *)(icmp + 1) > data_end)
			goto out;
		if (bpf_ntohs(icmp->un.echo.sequence) % 2 == 0)
			action = XDP_DROP;
	}
out:
	return count_action(ctx, action);
}

char _license[] SEC("license") = "GPL";
