#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) {
  struct bpf_dynptr packet;
  char bytes[4] = {};
  bpf_dynptr_read(bytes, sizeof(bytes), &packet, 0, 0); // rejected: dynptr
  return bytes[0];
}
