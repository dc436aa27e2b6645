#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  long value = 7;
  __asm__ volatile("%0 <<= 64" : "+r"(value)); // rejected: invalid-shift
  return value;
}
