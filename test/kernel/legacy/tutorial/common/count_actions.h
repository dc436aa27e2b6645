/* To be included by programs: a legacy map in a header, and a function that counts into it. */
#ifndef COMMON_COUNT_ACTIONS_H
#define COMMON_COUNT_ACTIONS_H

#include "records.h"

#ifndef PIN_NONE
#define PIN_NONE 0
#endif

struct bpf_map_def SEC("maps") action_counts = {
	.type        = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size    = sizeof(__u32),
	.value_size  = sizeof(struct record),
	.max_entries = ACTIONS,
};

static __always_inline __u32 count_action(struct xdp_md *ctx, __u32 action)
{
	struct record *record;

	if (action >= ACTIONS)
		return XDP_ABORTED;
	record = bpf_map_lookup_elem(&action_counts, &action);
	if (!record)
		return XDP_ABORTED;
	record->packets++;
	record->bytes += ctx->data_end - ctx->data;
	return action;
}

#endif
