#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "../common/walk.h"

#define CPUS 12

struct bpf_map_def SEC("maps") cpu_map = {
	.type		= BPF_MAP_TYPE_CPUMAP,
	.key_size	= sizeof(__u32),
	.value_size	= sizeof(__u32), /* the queue's length */
	.max_entries	= CPUS,
};

struct datarec {
	__u64 processed;
	__u64 dropped;
	__u64 issue;
};

/* Positions instead of names. */
struct bpf_map_def SEC("maps") rx_cnt = { BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(__u32), sizeof(struct datarec), 1 };
struct bpf_map_def SEC("maps") cpus_available = { BPF_MAP_TYPE_ARRAY, sizeof(__u32), sizeof(__u32), CPUS, 0 };

SEC("xdp_cpu_map0")
int xdp_prognum0_no_touch(struct xdp_md *ctx)
{
	struct datarec *rec;
	__u32 *selected;
	__u32 key = 0;

	rec = bpf_map_lookup_elem(&rx_cnt, &key);
	if (!rec)
		return XDP_ABORTED;
	rec->processed++;
	selected = bpf_map_lookup_elem(&cpus_available, &key);
	if (!selected || *selected >= CPUS) {
		rec->issue++;
		return XDP_ABORTED;
	}
	return bpf_redirect_map(&cpu_map, *selected, 0);
}

SEC("xdp_cpu_map1_proto")
int xdp_prognum1_proto(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct cursor cursor = { .at = (void *)(long)ctx->data };
	struct ethhdr *eth;
	struct iphdr *ip;
	__u32 cpu = 0;

	if (step_ethernet(&cursor, data_end, &eth) == bpf_htons(ETH_P_IP) &&
	    step_ipv4(&cursor, data_end, &ip) == IPPROTO_UDP)
		cpu = ip->saddr % CPUS;
	return bpf_redirect_map(&cpu_map, cpu, 0);
}

SEC("xdp/cpumap")
int xdp_on_cpu(struct xdp_md *ctx)
{
	return ctx->ingress_ifindex == 1 ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
