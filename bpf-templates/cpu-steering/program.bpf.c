// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Spread IPv4 packets over CPUs by flow: this CPU only decides, another one
 * does the network stack's work. For interfaces with fewer receive queues
 * than the machine has CPUs. All else is handled where it came in.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MAX_CPUS 64
#define FRAGMENT 0x3fff

/*
 * CPU number to the length of the queue in front of it. A row starts a kernel
 * thread on that CPU, which makes socket buffers of what is in the queue.
 */
struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, MAX_CPUS);
	__type(key, __u32);
	__type(value, __u32);
} cpus SEC(".maps");

struct spread {
	__u32 first;	/* CPU */
	__u32 count;	/* how many from there on; 0, as at the start: none */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct spread);
} spread SEC(".maps");

/* Packets handed to each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_CPUS);
	__type(key, __u32);
	__type(value, __u64);
} steered SEC(".maps");

struct ports {
	__be16 source;
	__be16 dest;
};

static __always_inline __u32 mix(__u32 value)
{
	value ^= value >> 16;
	value *= 0x7feb352d;
	value ^= value >> 15;
	value *= 0x846ca68b;
	value ^= value >> 16;
	return value;
}

SEC("xdp")
int xdp_cpu_steer(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct spread *over;
	struct ports *ports;
	__u32 flow, cpu;
	struct iphdr *ip;
	__u32 key = 0;
	__u64 *count;
	long action;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;

	over = bpf_map_lookup_elem(&spread, &key);
	if (!over || over->count == 0)
		return XDP_PASS;

	/*
	 * The exclusive or does not tell one direction from the other, so both
	 * halves of a connection meet on one CPU. Fragments have no ports, all
	 * of them must do without, or a packet's pieces would part ways.
	 */
	flow = ip->saddr ^ ip->daddr;
	ports = (void *)(ip + 1);
	if (ip->ihl == 5 && !(ip->frag_off & bpf_htons(FRAGMENT)) &&
	    (ip->protocol == IPPROTO_TCP || ip->protocol == IPPROTO_UDP) &&
	    (void *)(ports + 1) <= data_end)
		flow ^= ports->source ^ ports->dest;

	cpu = over->first + mix(flow) % over->count;

	/* A CPU without a row: handled here. */
	action = bpf_redirect_map(&cpus, cpu, XDP_PASS);
	if (action != XDP_REDIRECT)
		return action;

	count = bpf_map_lookup_elem(&steered, &cpu);
	if (count)
		__sync_fetch_and_add(count, 1);

	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
