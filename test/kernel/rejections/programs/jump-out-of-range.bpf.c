#include "../common.h"

SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile("r0 = 2");
  __asm__ volatile("if r0 == 3 goto +99"); // rejected: jump-out-of-range
  __asm__ volatile("exit");
}
