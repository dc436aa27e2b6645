/* The new style: maps with types, a program of its own at each device. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(struct bpf_devmap_val));
	__uint(max_entries, 32);
} forward_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u8[ETH_ALEN]);
	__uint(max_entries, 32);
} mac_map SEC(".maps");

SEC("xdp")
int xdp_redirect_map_all(struct xdp_md *ctx)
{
	return bpf_redirect_map(&forward_map, 0, BPF_F_BROADCAST | BPF_F_EXCLUDE_INGRESS);
}

SEC("xdp/devmap")
int xdp_devmap_prog(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	__u32 key = ctx->egress_ifindex;
	__u8 *mac;

	if ((void *)(eth + 1) > data_end)
		return XDP_DROP;
	mac = bpf_map_lookup_elem(&mac_map, &key);
	if (mac)
		__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
