#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MAX_PCKT_SIZE 600
#define ICMP_TOOBIG_PAYLOAD_SIZE 92

/* by its old name of a pinned map; a section of its own */
struct bpf_map_def SEC("maps/icmpcnt") icmpcnt = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
};

/* set before the load */
volatile const __u32 max_pcktsz = MAX_PCKT_SIZE;

static __always_inline void count_icmp(void)
{
	__u64 key = 0;
	__u64 *icmp_count;

	icmp_count = bpf_map_lookup_elem(&icmpcnt, &key);
	if (icmp_count)
		*icmp_count += 1;
}

SEC("xdp_icmp")
int _xdp_icmp(struct xdp_md *xdp)
{
	void *data_end = (void *)(long)xdp->data_end;
	void *data = (void *)(long)xdp->data;
	int length = data_end - data;

	if (data + sizeof(struct ethhdr) > data_end)
		return XDP_DROP;
	if (length <= (int)max_pcktsz)
		return XDP_PASS;
	if (bpf_xdp_adjust_tail(xdp, 0 - (length - ICMP_TOOBIG_PAYLOAD_SIZE)))
		return XDP_PASS;
	count_icmp();
	return XDP_TX;
}

char _license[] SEC("license") = "GPL";
