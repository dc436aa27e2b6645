#include <stdint.h>
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/in6.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Sizes as plain numbers: the types are those of the variables that are looked up. */
struct bpf_map_def SEC("maps") sources4 = {
	.type        = BPF_MAP_TYPE_LRU_HASH,
	.key_size    = 4,
	.value_size  = 8,
	.max_entries = 10 * 1000,
};
struct bpf_map_def SEC("maps") sources6 = {
	.type        = BPF_MAP_TYPE_LRU_PERCPU_HASH,
	.key_size    = 16,
	.value_size  = 8,
	.max_entries = 10 * 1000,
};

static __always_inline void bump(struct bpf_map_def *map, void *key)
{
	uint64_t *count = bpf_map_lookup_elem(map, key), one = 1;

	if (count)
		*count += 1;
	else
		bpf_map_update_elem(map, key, &one, BPF_ANY);
}

SEC("xdp_sources")
int count_sources(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	uint32_t source;
	struct in6_addr source6;
	uint64_t *seen;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto == htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) > data_end)
			return XDP_PASS;
		source = ip->saddr;
		bump(&sources4, &source);
		seen = bpf_map_lookup_elem(&sources4, &source);
		if (seen && *seen > 1000)
			return XDP_DROP;
	} else if (eth->h_proto == htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = (void *)(eth + 1);

		if ((void *)(ip6 + 1) > data_end)
			return XDP_PASS;
		source6 = ip6->saddr;
		bump(&sources6, &source6);
		bpf_map_delete_elem(&sources6, &source6);
	}
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
