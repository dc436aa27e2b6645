#include "../common.h"

extern int bpf_copy_from_user_str(void *dst, __u32 dst__sz, const void *unsafe_ptr__ign, __u64 flags) __ksym;

SEC("xdp")
int prog(struct xdp_md *ctx) {
  char text[8] = {};
  return bpf_copy_from_user_str(text, sizeof(text), ctx, 0); // rejected: sleepable
}
