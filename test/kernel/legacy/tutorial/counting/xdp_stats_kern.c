#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "../common/records.h"

/* One record an action; user space reads it twice and takes the difference. */
struct bpf_map_def SEC("maps") xdp_stats_map = {
	.type        = BPF_MAP_TYPE_ARRAY,
	.key_size    = sizeof(__u32),
	.value_size  = sizeof(struct record),
	.max_entries = ACTIONS,
};

#ifndef lock_xadd
#define lock_xadd(ptr, val) ((void)__sync_fetch_and_add(ptr, val))
#endif

SEC("xdp_stats1_func")
int xdp_stats1(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data     = (void *)(long)ctx->data;
	struct record *record;
	__u32 key = XDP_PASS;

	record = bpf_map_lookup_elem(&xdp_stats_map, &key);
	if (!record)
		return XDP_ABORTED;
	lock_xadd(&record->packets, 1);
	lock_xadd(&record->bytes, data_end - data);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
