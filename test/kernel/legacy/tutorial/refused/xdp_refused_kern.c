/* One that the kernel takes, and three that nobody takes, each for a reason. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

SEC("xdp_good")
int good(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp_unchecked")
int unchecked(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;

	return eth->h_proto == bpf_htons(ETH_P_IP) ? XDP_PASS : XDP_DROP; /* missing-bounds-check */
}

SEC("tc_mark") /* unknown-section */
int marked(struct __sk_buff *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
