// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
// The kernel's words when it refuses a bpf_link to an interface: no call returns them, a tracepoint tells them
// (xdp:bpf_xdp_link_attach_failed, since Linux 6.6). link-words.ts reads them while an attach is tried.

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

// include/uapi/linux/bpf.h
#define BPF_MAP_TYPE_ARRAY 2

struct bpf_raw_tracepoint_args {
  __u64 args[0];
};

// NETLINK_MAX_FMTMSG_LEN of include/linux/netlink.h is 80
struct words {
  char text[128];
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct words);
} xdpw_words SEC(".maps");

SEC("raw_tp/bpf_xdp_link_attach_failed")
int keep_words(struct bpf_raw_tracepoint_args *ctx) {
  __u32 key = 0;
  struct words *words = bpf_map_lookup_elem(&xdpw_words, &key);
  if (words)
    bpf_probe_read_kernel_str(words->text, sizeof(words->text), (const void *)ctx->args[0]);
  return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
