/* Metadata before the packet, written by XDP and read by tc. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct meta_info {
	__u32 mark;
} __attribute__((aligned(4)));

SEC("xdp_mark")
int _xdp_mark(struct xdp_md *ctx)
{
	struct meta_info *meta;
	void *data;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*meta)) < 0)
		return XDP_ABORTED;
	data = (void *)(unsigned long)ctx->data;
	meta = (void *)(unsigned long)ctx->data_meta;
	if ((void *)(meta + 1) > data)
		return XDP_ABORTED;
	meta->mark = 42;
	return XDP_PASS;
}

SEC("tc")
int _tc_mark(struct __sk_buff *ctx)
{
	void *data = (void *)(unsigned long)ctx->data;
	struct meta_info *meta = (void *)(unsigned long)ctx->data_meta;

	if ((void *)(meta + 1) > data) {
		ctx->mark = 41;
		return TC_ACT_OK;
	}
	ctx->mark = meta->mark;
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
