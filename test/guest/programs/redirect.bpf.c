// Sends everything out of the interface with the ifindex 99.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp") int xdp_to_99(struct xdp_md *ctx)
{
	return bpf_redirect(99, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
