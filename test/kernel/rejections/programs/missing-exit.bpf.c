#include "../common.h"

SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile("r0 = 2"); // rejected: missing-exit
}
