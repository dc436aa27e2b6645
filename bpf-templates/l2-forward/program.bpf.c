// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Forward frames by destination MAC address, without the network stack: a
 * forwarding table says which port an address is behind, a device map says
 * which interface that port is.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

struct mac {
	unsigned char addr[ETH_ALEN];
};

struct forward {
	__u32 port;	/* key in tx_ports */
	__u64 packets;	/* sent that way so far */
};

/* The forwarding table. Nothing is learned: its rows are written from outside. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct mac);
	__type(value, struct forward);
} mac_table SEC(".maps");

/*
 * Port number to ifindex. A device map holds the device itself: the kernel
 * looks the ifindex up once, when the row is written, and in the network
 * namespace of whoever writes it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} tx_ports SEC(".maps");

SEC("xdp")
int xdp_l2_forward(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct forward *entry;
	struct mac dst;
	long action;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;

	__builtin_memcpy(dst.addr, eth->h_dest, ETH_ALEN);

	/* Broadcast and multicast have no row either, so ARP still works. */
	entry = bpf_map_lookup_elem(&mac_table, &dst);
	if (!entry)
		return XDP_PASS;

	/*
	 * The last argument is the action for a port without an interface:
	 * the stack then gets the frame, as if the address were unknown.
	 */
	action = bpf_redirect_map(&tx_ports, entry->port, XDP_PASS);
	if (action == XDP_REDIRECT)
		__sync_fetch_and_add(&entry->packets, 1);

	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
