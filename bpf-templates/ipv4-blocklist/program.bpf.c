// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Drop IPv4 packets whose source address lies in a blocked prefix, and count
 * them by prefix. All else passes.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/*
 * The layout that the kernel requires of a trie's key: the length in bits
 * first, then the bits themselves in network order.
 */
struct ipv4_prefix {
	__u32 prefixlen;
	__be32 addr;
};

struct dropped {
	__u64 packets;
	__u64 bytes;
};

/* A lookup answers with the longest prefix that covers the address. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	/* A trie allocates its nodes as they come; the kernel insists on the flag. */
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct ipv4_prefix);
	__type(value, struct dropped);
} blocklist SEC(".maps");

SEC("xdp")
int xdp_blocklist(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ipv4_prefix source = { .prefixlen = 32 };
	struct ethhdr *eth = data;
	struct dropped *hit;
	struct iphdr *ip;

	/*
	 * Each header is checked in full before the first byte of it is read:
	 * eth + 1 is the first address past the header. Take one of these two
	 * checks away and the verifier rejects the program.
	 */
	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;

	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;

	/* Both are in network order already: nothing to swap. */
	source.addr = ip->saddr;
	hit = bpf_map_lookup_elem(&blocklist, &source);
	if (!hit)
		return XDP_PASS;

	__sync_fetch_and_add(&hit->packets, 1);
	__sync_fetch_and_add(&hit->bytes, data_end - data);

	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
