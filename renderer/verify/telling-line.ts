/**
 * The line of a verifier log that says why: the first of those that follow the last instruction and are neither
 * register states nor the kernel's statistics.
 */
const statistics =
  /^(processed \d+ insns|verification time|stack depth|insns processed|peak_states|mark_read|total_states|max_states|--\s|libbpf:|$)/;
const state =
  /^(\d+: |;|from \d+ to \d+|R\d+(_\w+)?=|R\d+ R\d+|func#\d+|Func#\d+|caller:|callee:|mark_precise|Live regs)/;

export function tellingLine(log: string): string {
  let telling = "";
  const lines = log.split("\n");
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]?.trim() ?? "";
    if (statistics.test(line)) continue;
    if (state.test(line)) break;
    telling = line;
  }
  return telling;
}
