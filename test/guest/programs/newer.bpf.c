// Wants what came after the guest's kernel.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;

SEC("xdp.frags")
int xdp_newer(struct xdp_md *ctx)
{
	__u64 at;

	return bpf_xdp_metadata_rx_timestamp(ctx, &at) ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
