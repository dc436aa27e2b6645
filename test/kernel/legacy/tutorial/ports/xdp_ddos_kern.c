#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/in.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>

#define PORTS 65536
#define COUNTER(map_name)                                    \
	struct bpf_map_def SEC("maps") map_name = {          \
		.type = BPF_MAP_TYPE_PERCPU_ARRAY,           \
		.key_size = sizeof(__u32),                   \
		.value_size = sizeof(__u64),                 \
		.max_entries = PORTS,                        \
	}

enum { FILTER_TCP = 1, FILTER_UDP = 2 };

/* a bit for each protocol */
struct bpf_map_def SEC("maps") port_blacklist = {
	.type        = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size    = sizeof(__u32),
	.value_size  = sizeof(__u32),
	.max_entries = PORTS,
};
COUNTER(port_drops_tcp);
COUNTER(port_drops_udp);

static __always_inline __u32 judge_port(void *at, void *data_end, __u8 protocol)
{
	struct udphdr *udp = at;
	__u32 port, *filter;
	__u64 *drops;

	if ((void *)(udp + 1) > data_end)
		return XDP_ABORTED;
	port = __builtin_bswap16(udp->dest);
	filter = bpf_map_lookup_elem(&port_blacklist, &port);
	if (!filter)
		return XDP_PASS;
	if (protocol == IPPROTO_TCP && *filter & FILTER_TCP)
		drops = bpf_map_lookup_elem(&port_drops_tcp, &port);
	else if (protocol == IPPROTO_UDP && *filter & FILTER_UDP)
		drops = bpf_map_lookup_elem(&port_drops_udp, &port);
	else
		return XDP_PASS;
	if (drops)
		(*drops)++;
	return XDP_DROP;
}

SEC("xdp_prog")
int xdp_program(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > data_end || eth->h_proto != __builtin_bswap16(ETH_P_IP))
		return XDP_PASS;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	return judge_port(ip + 1, data_end, ip->protocol);
}

char _license[] SEC("license") = "GPL";
