#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  char text[8] = {};
  void *far = text;
  keep(far);
  far += 0x30000000; // rejected: pointer-out-of-range
  keep(far);
  return *(volatile char *)far;
}
