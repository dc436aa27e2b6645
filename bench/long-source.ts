/** A source of about so many lines as people have them: many small functions, and one program that calls them all. */

/** `line`: in the program, after the check of the header, where one can type */
export function longSource(lines: number): { readonly text: string; readonly line: number } {
  const head = `#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 64); } packets SEC(".maps");

static __always_inline void count(void *map, __u32 key, __u64 by)
{
	__u64 *value = bpf_map_lookup_elem(map, &key);

	if (value)
		__sync_fetch_and_add(value, by);
}
`;
  const before = functions(Math.floor((lines * 3) / 80), 0);
  const program = `
SEC("xdp")
int xdp_long(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);

	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	count(&packets, class_0(ip) + class_1(ip), 1);
	return XDP_PASS;
}
`;
  const start = `${head}${before.text}${program}`;
  const line = start.slice(0, start.indexOf("count(&packets, class_0")).split("\n").length;
  const room = lines - start.split("\n").length;
  const after = functions(Math.floor(room / functionLines), before.next);
  return { text: `${start}${after.text}\nchar LICENSE[] SEC("license") = "GPL";\n`, line };
}

/** beyond what was checked: typed in the same place, the verifier says no */
export const rejectedRead = "if (((unsigned char *)(ip + 1))[9] == 7) return XDP_DROP;";

const functionLines = 20;

function functions(many: number, first: number): { readonly text: string; readonly next: number } {
  const one = (index: number): string => `
/* class ${index}: which of the counters a packet of this kind belongs to */
static __attribute__((unused)) __u32 class_${index}(const struct iphdr *ip)
{
	__u32 class = ${index % 8};

	switch (ip->protocol) {
	case IPPROTO_TCP:
		class += 1;
		break;
	case IPPROTO_UDP:
		class += 2;
		break;
	default:
		class += ip->ttl > ${index % 64} ? 3 : 4;
	}
	if (ip->tos & ${1 << (index % 8)})
		class |= 8;
	return class;
}
`;
  return { text: Array.from({ length: many }, (_, index) => one(first + index)).join(""), next: first + many };
}
