// Calls through a map of programs, which no device takes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} next_programs SEC(".maps");

SEC("xdp") int xdp_tail(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &next_programs, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
