#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  __u32 *word = (void *)ctx + 12;
  keep(word);
  return *word ? XDP_PASS : XDP_DROP; // rejected: modified-context
}
