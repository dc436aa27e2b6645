#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct config {
	__u32 action;
	int ifindex;
	__u32 options;
};
enum cfg_options_flags { NO_TOUCH = 0x0U, READ_MEM = 0x1U, SWAP_MAC = 0x2U };

static struct bpf_map_def SEC("maps") config_map = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.key_size	= sizeof(int),
	.value_size	= sizeof(struct config),
	.max_entries	= 1,
};

struct datarec {
	__u64 processed;
	__u64 issue;
};

struct bpf_map_def SEC("maps") rx_queue_index_map = {
	.type		= BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size	= sizeof(__u32),
	.value_size	= sizeof(struct datarec),
	.max_entries	= 65,
};

SEC("xdp_prog0")
int xdp_prognum0(struct xdp_md *ctx)
{
	struct datarec *queue;
	struct config *config;
	__u32 index;
	int key = 0;

	config = bpf_map_lookup_elem(&config_map, &key);
	if (!config || (int)ctx->ingress_ifindex != config->ifindex)
		return XDP_ABORTED;
	index = ctx->rx_queue_index;
	if (index > 64)
		index = 64;
	queue = bpf_map_lookup_elem(&rx_queue_index_map, &index);
	if (!queue)
		return XDP_ABORTED;
	queue->processed++;
	return config->action;
}

char _license[] SEC("license") = "GPL";
