#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  volatile int stop = 0;
  while (stop < 1) // rejected: unbounded-loop
    ;
  return XDP_PASS;
}
