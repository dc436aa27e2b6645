#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  long value;
  __asm__ volatile("%0 = r7" : "=r"(value)); // rejected: uninitialised-register
  return value ? XDP_DROP : XDP_PASS;
}
