/* Headers of the C library, as programs take them that were begun in user space. */
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_map_def SEC("maps") blocked_ports = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(uint16_t),
	.value_size = sizeof(bool),
	.max_entries = 1024,
	.map_flags = BPF_F_NO_PREALLOC,
};

static inline bool is_blocked(uint16_t port)
{
	bool *blocked = bpf_map_lookup_elem(&blocked_ports, &port);

	return blocked != NULL && *blocked;
}

SEC("xdp_port_filter")
int filter_ports(struct xdp_md *ctx)
{
	uint8_t *data = (uint8_t *)(uintptr_t)ctx->data;
	uint8_t *end = (uint8_t *)(uintptr_t)ctx->data_end;
	struct ether_header *ether = (struct ether_header *)data;
	struct ip *ip = (struct ip *)(ether + 1);
	uint16_t port = 0;

	if ((uint8_t *)(ip + 1) > end)
		return XDP_PASS;
	if (ether->ether_type != htons(ETHERTYPE_IP) || ip->ip_hl != 5)
		return XDP_PASS;
	if (ip->ip_p == IPPROTO_UDP) {
		struct udphdr *udp = (struct udphdr *)(ip + 1);

		if ((uint8_t *)(udp + 1) > end)
			return XDP_DROP;
		port = udp->uh_dport;
	} else if (ip->ip_p == IPPROTO_TCP) {
		struct tcphdr *tcp = (struct tcphdr *)(ip + 1);

		if ((uint8_t *)(tcp + 1) > end)
			return XDP_DROP;
		port = tcp->th_dport;
	}
	return is_blocked(port) ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
