/* Two things that clang warns of and the kernel does not mind. */
#include <linux/bpf.h>
#include <arpa/inet.h>
#include <bpf/bpf_helpers.h>

struct head {
	__u8 kind;
	__u32 length;
	__u16 rest;
} __attribute__((packed));

static __always_inline __u32 take(__u32 *from)
{
	return ntohl(*from);
}

SEC("xdp_prog")
int sum_bytes(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct head *head = (void *)(long)ctx->data;
	__u8 *at = (void *)(head + 1);
	__u32 length, sum = 0;
	int i;

	if ((void *)(head + 1) > data_end)
		return XDP_PASS;
	length = take(&head->length);
#pragma clang loop unroll(full)
	for (i = 0; i < length; i++) {
		if (i > 20 || (void *)(at + 1) > data_end)
			break;
		sum += *at++;
	}
	return sum & 1 ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
