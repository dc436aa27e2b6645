/**
 * Helpers that want a GPL-compatible license, for where the kernel cannot be asked: what Linux 6.18's verifier answered
 * for XDP programs. Licenses of helpers were only ever loosened (bpf_ktime_get_ns in 5.8), so it may name one too many
 * on an older kernel's terms, never one too few.
 */
export const gplOnlyHelpers: ReadonlySet<number> = new Set([
  6, 22, 25, 35, 55, 69, 100, 110, 112, 113, 114, 115, 158, 163, 165, 169, 170, 171, 172, 175, 176, 177, 191, 204, 205,
  206, 207,
]);

/** Macros of bpf_helpers.h that stand for such a helper. */
export const gplOnlyMacros: ReadonlyMap<string, string> = new Map([["bpf_printk", "bpf_trace_printk"]]);

/** Kept equal to license_is_gpl_compatible() of include/linux/license.h. */
export const gplCompatible: ReadonlySet<string> = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);
