// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The smallest XDP program: every frame goes on to the network stack.
 *
 * It is also the program to put on the far end of a veth pair: frames that
 * XDP transmits or redirects natively reach a veth's peer only if the peer
 * is ready for them, and a program, be it this one, makes it ready.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The section's name tells libbpf the program type and how it attaches. */
SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* The kernel offers some helpers only to programs under a GPL-compatible licence. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";
