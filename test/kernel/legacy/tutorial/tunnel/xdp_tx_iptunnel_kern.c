#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "../common/rewrite.h"

struct vip {
	__u32 daddr;
	__u16 dport;
	__u16 family;
	__u8 protocol;
};

struct iptnl_info {
	__u32 saddr;
	__u32 daddr;
	__u8 dmac[6];
};

struct bpf_map_def SEC("maps") vip2tnl = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(struct vip),
	.value_size = sizeof(struct iptnl_info),
	.max_entries = 256,
};

SEC("xdp_tx_iptunnel")
int _xdp_tx_iptunnel(struct xdp_md *xdp)
{
	void *data_end = (void *)(long)xdp->data_end;
	void *data = (void *)(long)xdp->data;
	struct ethhdr *new_eth, *old_eth = data;
	struct iphdr *iph = data + sizeof(struct ethhdr);
	struct iptnl_info *tnl;
	struct vip vip = {};
	__u16 *next, payload;
	__u32 csum = 0;
	int i;

	if ((void *)(iph + 1) > data_end || old_eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_DROP;
	vip.protocol = iph->protocol;
	vip.family = 2;
	vip.daddr = iph->daddr;
	payload = bpf_ntohs(iph->tot_len);
	tnl = bpf_map_lookup_elem(&vip2tnl, &vip);
	if (!tnl)
		return XDP_PASS;
	if (bpf_xdp_adjust_head(xdp, 0 - (int)sizeof(struct iphdr)))
		return XDP_DROP;
	data = (void *)(long)xdp->data;
	data_end = (void *)(long)xdp->data_end;
	new_eth = data;
	iph = data + sizeof(*new_eth);
	old_eth = data + sizeof(*iph);
	if ((void *)(new_eth + 1) > data_end || (void *)(old_eth + 1) > data_end || (void *)(iph + 1) > data_end)
		return XDP_DROP;
	__builtin_memcpy(new_eth->h_source, old_eth->h_dest, sizeof(new_eth->h_source));
	__builtin_memcpy(new_eth->h_dest, tnl->dmac, sizeof(new_eth->h_dest));
	new_eth->h_proto = old_eth->h_proto;
	iph->version = 4;
	iph->ihl = sizeof(*iph) >> 2;
	iph->frag_off = 0;
	iph->protocol = IPPROTO_IPIP;
	iph->check = 0;
	iph->id = 0;
	iph->tos = 0;
	iph->tot_len = bpf_htons(payload + sizeof(*iph));
	iph->daddr = tnl->daddr;
	iph->saddr = tnl->saddr;
	iph->ttl = 8;
	next = (__u16 *)iph;
#pragma clang loop unroll(full)
	for (i = 0; i < (int)sizeof(*iph) >> 1; i++)
		csum += *next++;
	iph->check = fold_checksum(csum);
	return XDP_TX;
}

char _license[] SEC("license") = "GPL";
