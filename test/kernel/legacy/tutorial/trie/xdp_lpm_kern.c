#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct prefix {
	__u32 length;
	__u32 address;
};

struct bpf_map_def SEC("maps") denied = {
	.type = BPF_MAP_TYPE_LPM_TRIE,
	.key_size = sizeof(struct prefix),
	.value_size = sizeof(__u32),
	.max_entries = 1 << 10,
	.map_flags = BPF_F_NO_PREALLOC, // tries have no other way
};

SEC("xdp_deny")
int deny_prefixes(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct prefix key = { .length = 32 };

	if ((void *)(ip + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	key.address = ip->saddr;
	return bpf_map_lookup_elem(&denied, &key) ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
