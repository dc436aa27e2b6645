// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
// Counts what the XDP tracepoints tell, in the kernel: one row of the map for each tracepoint, pair of interfaces, map
// slot, action, errno and program. Nothing is streamed; count-redirects.ts reads the rows while somebody looks.
//
// Raw tracepoints: their arguments are those of include/trace/events/xdp.h since Linux 5.13. The few fields that are
// read of the kernel's structures are declared here, and libbpf finds their offsets in the BTF of the running kernel.

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed int __s32;
typedef signed long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

// include/uapi/linux/bpf.h
#define BPF_ANY 0
#define BPF_NOEXIST 1
#define BPF_MAP_TYPE_PERCPU_HASH 5
#define BPF_MAP_TYPE_DEVMAP 14
#define BPF_MAP_TYPE_DEVMAP_HASH 25
#define XDP_TX 3
#define XDP_REDIRECT 4
#define INT_MAX 0x7fffffff

struct bpf_raw_tracepoint_args {
  __u64 args[0];
};

#define KERNEL __attribute__((preserve_access_index))

struct ns_common {
  unsigned int inum;
} KERNEL;
struct net {
  struct ns_common ns;
} KERNEL;
typedef struct {
  struct net *net;
} KERNEL possible_net_t;
struct net_device {
  int ifindex;
  possible_net_t nd_net;
} KERNEL;
// kernel/bpf/devmap.c
struct bpf_dtab_netdev {
  struct net_device *dev;
} KERNEL;
struct bpf_prog_aux {
  __u32 id;
} KERNEL;
struct bpf_prog {
  struct bpf_prog_aux *aux;
} KERNEL;
struct xdp_cpumap_stats {
  unsigned int drop;
} KERNEL;

// The order is that of `tracepoints` in rows.ts, after the row of what found no place.
enum what { LOST, EXCEPTION, REDIRECT, REDIRECT_ERR, BULK_TX, DEVMAP_XMIT, CPUMAP_ENQUEUE, CPUMAP_KTHREAD };

// No holes: every byte of a key counts. rows.ts reads it.
struct key {
  __u32 what;
  __u32 from;
  __u32 from_netns;
  __u32 to;
  __u32 to_netns;
  __u32 map;
  __u32 slot;
  __u32 action;
  __s32 err;
  __u32 program;
};

struct value {
  __u64 events;
  __u64 packets;
  __u64 drops;
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(max_entries, 1024);
  __type(key, struct key);
  __type(value, struct value);
} xdpw_redirects SEC(".maps");

static void add(const struct key *key, __u64 packets, __u64 drops) {
  struct value *value = bpf_map_lookup_elem(&xdpw_redirects, key);
  if (!value) {
    struct value none = {};
    bpf_map_update_elem(&xdpw_redirects, key, &none, BPF_NOEXIST);
    value = bpf_map_lookup_elem(&xdpw_redirects, key);
  }
  if (!value) {
    // full: the row of what is not counted is there from the start
    struct key lost = {};
    value = bpf_map_lookup_elem(&xdpw_redirects, &lost);
  }
  if (!value) return;
  // each CPU has its own value; an interrupt between load and store could lose one, so the sum is atomic all the same
  __sync_fetch_and_add(&value->events, 1);
  __sync_fetch_and_add(&value->packets, packets);
  __sync_fetch_and_add(&value->drops, drops);
}

static void set_from(struct key *key, const struct net_device *dev) {
  key->from = BPF_CORE_READ(dev, ifindex);
  key->from_netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
}

static void set_to(struct key *key, const struct net_device *dev) {
  key->to = BPF_CORE_READ(dev, ifindex);
  key->to_netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
}

static int positive(__u64 argument) {
  int number = (int)argument;
  return number > 0 ? number : 0;
}

// dev, xdp, act
SEC("raw_tp/xdp_exception")
int count_exception(struct bpf_raw_tracepoint_args *ctx) {
  const struct bpf_prog *xdp = (const void *)ctx->args[1];
  struct key key = {.what = EXCEPTION, .action = (__u32)ctx->args[2], .program = BPF_CORE_READ(xdp, aux, id)};
  set_from(&key, (const void *)ctx->args[0]);
  add(&key, 0, 1);
  return 0;
}

// dev, xdp, tgt, err, map_type, map_id, index
static void redirected(struct bpf_raw_tracepoint_args *ctx, __u32 what) {
  const struct bpf_prog *xdp = (const void *)ctx->args[1];
  const void *target = (const void *)ctx->args[2];
  __u32 type = (__u32)ctx->args[4];
  __u32 map = (__u32)ctx->args[5];
  struct key key = {.what = what, .action = XDP_REDIRECT, .err = (int)ctx->args[3]};
  key.program = BPF_CORE_READ(xdp, aux, id);
  set_from(&key, (const void *)ctx->args[0]);
  if (type == 0 && map == INT_MAX) {
    // bpf_redirect(): the index is an ifindex in the namespace of the receiving device
    key.to = (__u32)ctx->args[6];
    key.to_netns = key.from_netns;
  } else {
    key.map = map;
    if (type != BPF_MAP_TYPE_DEVMAP && type != BPF_MAP_TYPE_DEVMAP_HASH)
      key.slot = (__u32)ctx->args[6];
    else if (target)  // none: to all of the map
      set_to(&key, BPF_CORE_READ((const struct bpf_dtab_netdev *)target, dev));
  }
  add(&key, what == REDIRECT, what == REDIRECT_ERR);
}

SEC("raw_tp/xdp_redirect")
int count_redirect(struct bpf_raw_tracepoint_args *ctx) {
  redirected(ctx, REDIRECT);
  return 0;
}

SEC("raw_tp/xdp_redirect_err")
int count_redirect_err(struct bpf_raw_tracepoint_args *ctx) {
  redirected(ctx, REDIRECT_ERR);
  return 0;
}

// dev, sent, drops, err
SEC("raw_tp/xdp_bulk_tx")
int count_bulk_tx(struct bpf_raw_tracepoint_args *ctx) {
  struct key key = {.what = BULK_TX, .action = XDP_TX, .err = (int)ctx->args[3]};
  set_from(&key, (const void *)ctx->args[0]);
  add(&key, positive(ctx->args[1]), positive(ctx->args[2]));
  return 0;
}

// from_dev, to_dev, sent, drops, err
SEC("raw_tp/xdp_devmap_xmit")
int count_devmap_xmit(struct bpf_raw_tracepoint_args *ctx) {
  struct key key = {.what = DEVMAP_XMIT, .action = XDP_REDIRECT, .err = (int)ctx->args[4]};
  set_from(&key, (const void *)ctx->args[0]);
  set_to(&key, (const void *)ctx->args[1]);
  add(&key, positive(ctx->args[2]), positive(ctx->args[3]));
  return 0;
}

// map_id, processed, drops, to_cpu
SEC("raw_tp/xdp_cpumap_enqueue")
int count_cpumap_enqueue(struct bpf_raw_tracepoint_args *ctx) {
  struct key key = {.what = CPUMAP_ENQUEUE, .action = XDP_REDIRECT, .map = (__u32)ctx->args[0]};
  key.slot = (__u32)ctx->args[3];
  add(&key, positive(ctx->args[1]), positive(ctx->args[2]));
  return 0;
}

// map_id, processed, drops, sched, xdp_stats; the CPU is the one that we run on
SEC("raw_tp/xdp_cpumap_kthread")
int count_cpumap_kthread(struct bpf_raw_tracepoint_args *ctx) {
  const struct xdp_cpumap_stats *stats = (const void *)ctx->args[4];
  struct key key = {.what = CPUMAP_KTHREAD, .action = XDP_REDIRECT, .map = (__u32)ctx->args[0]};
  key.slot = bpf_get_smp_processor_id();
  int processed = positive(ctx->args[1]);
  int drops = positive(ctx->args[2]) + BPF_CORE_READ(stats, drop);
  // the kernel thread tells of each round, also of an empty one
  if (processed > 0 || drops > 0) add(&key, processed, drops);
  return 0;
}

// bpf_probe_read_kernel is for programs with a license like the kernel's
char LICENSE[] SEC("license") = "GPL";
