// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Drop TCP and UDP packets to chosen destination ports, over IPv4 and IPv6,
 * and count them by port. All else passes.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define FRAGMENT_OFFSET 0x1fff

/*
 * A hash map compares all bytes of its key, so there must be none that
 * nobody sets: sixteen bits for the protocol leave no padding.
 */
struct service {
	__u16 protocol;	/* 6 is TCP, 17 is UDP */
	__be16 port;
};

struct dropped {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct service);
	__type(value, struct dropped);
} closed_ports SEC(".maps");

/* TCP and UDP both start with these two. */
struct ports {
	__be16 source;
	__be16 dest;
};

SEC("xdp")
int xdp_port_filter(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct service service = {};
	struct ethhdr *eth = data;
	struct dropped *closed;
	struct ports *ports;
	void *next;

	next = eth + 1;
	if (next > data_end)
		return XDP_PASS;

	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = next;

		if ((void *)(ip + 1) > data_end)
			return XDP_PASS;
		/* Only the first fragment has ports; in the others this is data. */
		if (ip->frag_off & bpf_htons(FRAGMENT_OFFSET))
			return XDP_PASS;
		/* Options make the header longer; less than five words is damage. */
		if (ip->ihl < 5)
			return XDP_PASS;
		service.protocol = ip->protocol;
		next += ip->ihl * 4;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = next;

		if ((void *)(ip6 + 1) > data_end)
			return XDP_PASS;
		service.protocol = ip6->nexthdr;
		next = ip6 + 1;
	} else {
		return XDP_PASS;
	}

	if (service.protocol != IPPROTO_TCP && service.protocol != IPPROTO_UDP)
		return XDP_PASS;

	/* The offset was read from the packet: check again from where it leads. */
	ports = next;
	if ((void *)(ports + 1) > data_end)
		return XDP_PASS;

	service.port = ports->dest;
	closed = bpf_map_lookup_elem(&closed_ports, &service);
	if (!closed)
		return XDP_PASS;

	__sync_fetch_and_add(&closed->packets, 1);
	__sync_fetch_and_add(&closed->bytes, data_end - data);

	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
