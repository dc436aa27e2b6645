/** The line of a verifier log that says why: the last one before the kernel's statistics. */
const statistics =
  /^(processed \d+ insns|verification time|stack depth|insns processed|peak_states|mark_read|total_states|max_states|--\s|libbpf:|$)/;

export function tellingLine(log: string): string {
  const lines = log.split("\n");
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]?.trim() ?? "";
    if (!statistics.test(line)) return line;
  }
  return "";
}
