/* The section that `ip link set … xdp obj` takes by itself, and one with any name. */
#include <linux/bpf.h>

#ifndef __section
#define __section(NAME) __attribute__((section(NAME), used))
#endif

__section("prog")
int xdp_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

__section("mysection")
int xdp_by_length(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data > 100 ? XDP_DROP : XDP_PASS;
}

char __license[] __section("license") = "GPL";
