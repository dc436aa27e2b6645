#include "../common.h"

#define once if (bpf_get_prandom_u32() & 1) keep(sum); 
#define ten once once once once once once once once once once
#define hundred ten ten ten ten ten ten ten ten ten ten
#define thousand hundred hundred hundred hundred hundred hundred hundred hundred hundred hundred

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u64 sum = 0;
  thousand thousand thousand thousand thousand thousand thousand thousand thousand // rejected: too-complex
  return XDP_PASS;
}
