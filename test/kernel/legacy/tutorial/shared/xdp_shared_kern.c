#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "../common/count_actions.h"

SEC("xdp_pass")
int xdp_pass_func(struct xdp_md *ctx)
{
	return count_action(ctx, XDP_PASS);
}

SEC("xdp_drop")
int xdp_drop_func(struct xdp_md *ctx)
{
	return count_action(ctx, XDP_DROP);
}

char _license[] SEC("license") = "GPL";
