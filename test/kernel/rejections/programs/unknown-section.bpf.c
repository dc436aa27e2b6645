#include "../common.h"

SEC("xpd") // rejected: unknown-section
int prog(struct xdp_md *ctx) { return XDP_PASS; }
