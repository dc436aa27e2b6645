#include "../common.h"

SEC("xdp")
__attribute__((naked)) int prog(struct xdp_md *ctx) {
  __asm__ volatile("exit"); // rejected: missing-return-value
}
