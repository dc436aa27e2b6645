// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Drop every frame before the network stack sees it.
 *
 * Nothing above XDP hears of these frames: no tcpdump, no netfilter, no
 * socket. ARP is dropped too, so the machine falls silent on this interface.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	/*
	 * XDP_DROP, not XDP_ABORTED: both lose the frame, but aborted stands
	 * for a bug in the program and fires the tracepoint xdp:xdp_exception.
	 */
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
