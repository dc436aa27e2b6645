#include "../common.h"

SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile("r0 = 2");
  __asm__ volatile("exit");
  __asm__ volatile("r0 = 1"); // rejected: unreachable-code
  __asm__ volatile("exit");
}
