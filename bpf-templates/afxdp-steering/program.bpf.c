// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Hand UDP packets to chosen ports over to AF_XDP sockets, which a program in
 * user space reads past the network stack. All else passes, and so do these
 * as long as no socket is there.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define FRAGMENT 0x3fff

/*
 * Receive queue to socket. A socket is bound to one queue of one interface and
 * takes packets of that queue only, so the key is the queue. The program that
 * opens the socket puts it here.
 */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} xsks SEC(".maps");

struct steered {
	__u64 packets;	/* to a socket */
	__u64 missed;	/* passed, because the queue had none */
};

/* UDP destination ports that are for user space. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be16);
	__type(value, struct steered);
} user_ports SEC(".maps");

SEC("xdp")
int xdp_afxdp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct steered *steered;
	struct udphdr *udp;
	struct iphdr *ip;
	__be16 port;
	long action;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	if (ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	/* Reassembly is the network stack's. */
	if (ip->frag_off & bpf_htons(FRAGMENT))
		return XDP_PASS;
	udp = (void *)(ip + 1);
	if ((void *)(udp + 1) > data_end)
		return XDP_PASS;

	port = udp->dest;
	steered = bpf_map_lookup_elem(&user_ports, &port);
	if (!steered)
		return XDP_PASS;

	/* The last argument is the action where the queue has no socket. */
	action = bpf_redirect_map(&xsks, ctx->rx_queue_index, XDP_PASS);
	if (action == XDP_REDIRECT)
		__sync_fetch_and_add(&steered->packets, 1);
	else
		__sync_fetch_and_add(&steered->missed, 1);

	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
