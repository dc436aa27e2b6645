// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Limit each IPv4 source to a rate, with a token bucket: it fills steadily up
 * to a brim, each packet takes one token out, and a packet that finds none is
 * dropped. All else passes.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/*
 * Levels are kept in billionths of a token: at R packets a second a bucket
 * gains exactly R of them each nanosecond, and no fraction is lost.
 */
#define TOKEN 1000000000ULL

/* One row, written from outside. Zeros, as at the start, limit nobody. */
struct limit {
	__u32 rate;	/* packets a second */
	__u32 burst;	/* what a full bucket holds, in packets */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct limit);
} limit SEC(".maps");

struct bucket {
	__u64 level;	/* billionths of a token */
	__u64 filled;	/* when it was last filled: ns since boot */
	__u64 passed;
	__u64 dropped;
};

/* Least recently used: a flood of forged sources pushes out old rows, and never fills the map. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __be32);
	__type(value, struct bucket);
} buckets SEC(".maps");

static __always_inline void fill(struct bucket *bucket, const struct limit *limit, __u64 now)
{
	__u64 brim = limit->burst * TOKEN;
	__u64 elapsed = now - bucket->filled;

	/* Another CPU may have filled it a moment after we read the clock. */
	if (now <= bucket->filled)
		return;
	bucket->filled = now;

	/*
	 * After a long silence elapsed * rate would not fit into 64 bits. It
	 * need not be known: the bucket is full.
	 */
	if (elapsed >= brim / limit->rate) {
		bucket->level = brim;
		return;
	}
	bucket->level += elapsed * limit->rate;
	if (bucket->level > brim)
		bucket->level = brim;
}

SEC("xdp")
int xdp_rate_limit(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct bucket *bucket;
	struct limit *set;
	struct iphdr *ip;
	__be32 source;
	__u32 key = 0;
	__u64 now;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;

	set = bpf_map_lookup_elem(&limit, &key);
	if (!set || set->rate == 0 || set->burst == 0)
		return XDP_PASS;

	source = ip->saddr;
	now = bpf_ktime_get_ns();
	bucket = bpf_map_lookup_elem(&buckets, &source);
	if (!bucket) {
		/* New sources start with a full bucket, less this packet's token. */
		struct bucket first = {
			.level = (set->burst - 1) * TOKEN,
			.filled = now,
			.passed = 1,
		};

		bpf_map_update_elem(&buckets, &source, &first, BPF_ANY);
		return XDP_PASS;
	}

	/*
	 * Not locked: packets of one source that come in on two CPUs at once
	 * may take the same token, so now and then one too many passes.
	 */
	fill(bucket, set, now);
	if (bucket->level < TOKEN) {
		__sync_fetch_and_add(&bucket->dropped, 1);
		return XDP_DROP;
	}
	bucket->level -= TOKEN;
	__sync_fetch_and_add(&bucket->passed, 1);

	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
