#include "../common.h"

SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile("r0 = 2");
  __asm__ volatile(".byte 0xff, 0, 0, 0, 0, 0, 0, 0"); // rejected: unknown-instruction
  __asm__ volatile("exit");
}
