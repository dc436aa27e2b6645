#include "../common.h"

const volatile int limit = 3;

SEC("xdp")
int prog(struct xdp_md *ctx) {
  int *writable = (int *)&limit;
  *(volatile int *)writable = 4; // rejected: read-only-memory
  return XDP_PASS;
}
