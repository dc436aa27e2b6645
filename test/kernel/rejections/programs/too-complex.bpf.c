#include "../common.h"

SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile(".rept 8200\ncall 7\nif r0 > 5 goto +0\n.endr"); // rejected: too-complex
  __asm__ volatile("r0 = 2");
  __asm__ volatile("exit");
}
