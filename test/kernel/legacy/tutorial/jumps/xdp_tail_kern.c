#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

enum { TO_IPV4, TO_IPV6, TO_END, PROGRAMS };

struct bpf_map_def SEC("maps") jmp_table = {
	.type = BPF_MAP_TYPE_PROG_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u32),
	.max_entries = PROGRAMS,
};

SEC("xdp_entry")
int xdp_tail_call_0(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	switch (eth->h_proto) {
	case bpf_htons(ETH_P_IP):
		bpf_tail_call(ctx, &jmp_table, TO_IPV4);
		break;
	case bpf_htons(ETH_P_IPV6):
		bpf_tail_call(ctx, &jmp_table, TO_IPV6);
		break;
	}
	bpf_tail_call(ctx, &jmp_table, TO_END);
	return XDP_PASS;
}

SEC("xdp_1")
int xdp_tail_call_ipv4(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &jmp_table, TO_END);
	return XDP_DROP;
}

SEC("xdp/2")
int xdp_tail_call_ipv6(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
