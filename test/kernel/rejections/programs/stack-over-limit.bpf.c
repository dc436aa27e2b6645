#include "../common.h"

SEC("xdp")
int prog(struct xdp_md *ctx) { volatile char text[600]; text[ctx->rx_queue_index & 127] = 1; return text[3]; } // rejected: stack-over-limit
