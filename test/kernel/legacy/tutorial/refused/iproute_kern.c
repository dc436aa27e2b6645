/* The form of another loader: said, not converted. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_elf_map {
	__u32 type;
	__u32 size_key;
	__u32 size_value;
	__u32 max_elem;
	__u32 flags;
	__u32 id;
	__u32 pinning;
};

struct bpf_elf_map SEC("maps") acc_map = { /* legacy-map */
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.pinning = 2,
	.max_elem = 2,
};

SEC("xdp_acc")
int account(struct xdp_md *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&acc_map, &key) ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
