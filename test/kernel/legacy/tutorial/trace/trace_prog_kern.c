/* A tracing program beside an XDP program. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_map_def SEC("maps") xdp_stats_map = {
	.type        = BPF_MAP_TYPE_HASH,
	.key_size    = sizeof(__s32),
	.value_size  = sizeof(__u64),
	.max_entries = 10,
};

struct exception {
	__u64 common;
	__s32 prog_id;
	__u32 act;
	__s32 ifindex;
};

static __always_inline int count_interface(__s32 ifindex)
{
	__u64 *entry, one = 1;

	entry = bpf_map_lookup_elem(&xdp_stats_map, &ifindex);
	if (!entry)
		return bpf_map_update_elem(&xdp_stats_map, &ifindex, &one, BPF_NOEXIST);
	(*entry)++;
	return 0;
}

SEC("tracepoint/xdp/xdp_exception")
int trace_xdp_exception(struct exception *ctx)
{
	return count_interface(ctx->ifindex);
}

SEC("raw_tracepoint/xdp_exception")
int raw_xdp_exception(struct bpf_raw_tracepoint_args *ctx)
{
	return count_interface((__s32)ctx->args[2]);
}

SEC("xdp_abort")
int xdp_abort_func(struct xdp_md *ctx)
{
	return XDP_ABORTED;
}

char _license[] SEC("license") = "GPL";
