#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#ifdef DEBUG
#define bpf_debug(fmt, ...) ((void)0)
#else
/* the way it was done before there was bpf_printk */
#define bpf_debug(fmt, ...)                                                  \
	({                                                                   \
		char ____fmt[] = fmt;                                        \
		bpf_trace_printk(____fmt, sizeof(____fmt), ##__VA_ARGS__);   \
	})
#endif

static __always_inline _Bool parse_eth(struct ethhdr *eth, void *data_end, __u16 *eth_proto)
{
	if ((void *)(eth + 1) > data_end)
		return 0;
	*eth_proto = bpf_ntohs(eth->h_proto);
	bpf_debug("Debug: eth_type:0x%x\n", *eth_proto);
	return 1;
}

SEC("xdp_debug")
int xdp_debug_func(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	__u16 proto = 0;

	if (!parse_eth(eth, data_end, &proto))
		return XDP_ABORTED;
	bpf_printk("length %d on %d", (int)(ctx->data_end - ctx->data), ctx->ingress_ifindex);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
