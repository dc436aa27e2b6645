/** enum xdp_action of linux/bpf.h; the index is the number. */
export const actionNames = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"] as const;

/** What the kernel treats as XDP_ABORTED keeps its number. */
export function actionName(action: number): string {
  return actionNames[action] ?? `${action} (no XDP action)`;
}
