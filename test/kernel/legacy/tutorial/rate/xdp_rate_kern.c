#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define SECOND 1000000000ull

struct bucket {
	__u64 since;
	__u64 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

const volatile __u64 packets_per_second = 1000;
__u64 dropped = 0;

static __noinline int over_limit(__u32 source)
{
	__u64 now = bpf_ktime_get_ns();
	struct bucket fresh = { .since = now, .packets = 1 };
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &source);

	if (!bucket || now - bucket->since > SECOND) {
		bpf_map_update_elem(&buckets, &source, &fresh, BPF_ANY);
		return 0;
	}
	return ++bucket->packets > packets_per_second;
}

SEC("xdp")
int rate_limiter(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (!over_limit(ip->saddr))
		return XDP_PASS;
	__sync_fetch_and_add(&dropped, 1);
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
