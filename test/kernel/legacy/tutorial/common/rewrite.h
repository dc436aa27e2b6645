#ifndef COMMON_REWRITE_H
#define COMMON_REWRITE_H

#include <linux/if_ether.h>

static __always_inline void swap_addresses(struct ethhdr *eth)
{
	__u8 kept[ETH_ALEN];

	__builtin_memcpy(kept, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, kept, ETH_ALEN);
}

static __always_inline __u16 fold_checksum(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

#endif
