/** One instruction that the verifier walked through, in the order in which it did. */
export interface LogStep {
  /** Index in the program as loaded: see layOutProgram. */
  readonly instruction: number;
  /** The instruction as the kernel prints it, such as "r0 = *(u8 *)(r1 +34)". */
  readonly text: string;
  /**
   * Registers and stack as the log shows them when it takes up a path here or enters a function, as text; empty else.
   */
  readonly before: string;
  /** The walk did not come here from the step before: a branch that was put off, or lines that are not there. */
  readonly resumed: boolean;
  /** What it changed in registers and stack, as text; empty where the log leaves it out. */
  readonly state: string;
  /** The C line that the log shows for it; null before the first and without line records. */
  readonly source: LogSource | null;
}

/** A "; text @ file.c:NN" line: file and line since Linux 6.10, null before. The file is its base name. */
export interface LogSource {
  readonly text: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** Sections that Linux 7.3 and later append to the log of a rejection; null where one is not there. */
export interface LogReport {
  readonly failed: string | null;
  readonly reason: string | null;
  readonly at: {
    readonly function: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
  } | null;
  readonly suggestion: string | null;
}

/** The closing lines; null for what this kernel does not print. */
export interface LogStatistics {
  readonly processed: number | null;
  readonly limit: number | null;
  readonly maxStatesPerInstruction: number | null;
  readonly totalStates: number | null;
  readonly peakStates: number | null;
  readonly markRead: number | null;
  readonly verificationMicroseconds: number | null;
  /** Bytes, for the program and each subprogram. */
  readonly stackDepths: readonly number[];
}

export interface VerifierLog {
  readonly steps: readonly LogStep[];
  /** What the kernel said after the last instruction, without states and statistics, first line first. */
  readonly errors: readonly string[];
  /** The instruction that the error is about: named by the error, else the last one walked; null where neither is. */
  readonly failingInstruction: number | null;
  readonly statistics: LogStatistics;
  readonly report: LogReport | null;
}

const stepLine = /^(\d{1,9}): \([0-9a-f]{2}\) (.*)$/;
const stateText = /^(?:frame\d+: ?)?(?:R\d|fp-|refs=|cb\b)/;
const stateLine = /^(\d{1,9}): ((?:frame\d+: ?)?(?:R\d|fp-|refs=).*)$/;
/** "from 10 to 15: R0=…": the log takes up a branch that was put off. */
const resumeLine = /^(?:from )?\d{1,9} to \d{1,9}(?: \([a-z ]{1,40}\))?: ?(.*)$/;
/** Below "caller:", "callee:" and "to caller at 1:", without a number. */
const frameLine = /^\s+((?:frame\d+: ?)?R\d.*)$/;
/** "if r2 == 0x3 goto pc+4 15: R0=…": the kernel cut the lines of the paths in between away, with the line's end. */
const resumedHere = / (\d{1,9}): ?((?:frame\d+: ?)?(?:R\d|fp-).*)$/;
/** See shortenLog: what was known before says nothing of what comes after. */
const leftOut = /^; \d{1,12} lines left out here$/;
const nothingKnown = "R10=fp0";
const sourceLine = /^; (.*)$/;
const sourcePlace = /^(.+):(\d{1,9})$/;
/** What the verifier prints about its own work: never the error. */
const noise = [
  /^func#\d+ @\d+/,
  /^Func#\d+ \('.*'\) is (safe|global and assumed valid)/i,
  /^Validating .* func#\d+\.\.\./,
  /^Live regs before insn:/,
  /^\s+(\d+\s+)?\d+: [.0-9]{5,} \(/,
  /^(from )?\d+ to \d+/,
  /^\d+: safe$/,
  /^(caller|callee|returning from callee|to caller at \d+):/,
  /^\s*(frame\d+: ?)?(R\d+\w*=|fp-\d+)/,
  /^(cur|old) state:/,
  /^(mark_precise|last_idx|regs=|parent |propagating |  *parent )/,
  /^(verification time|stack depth|processed|insns processed) /,
  /^(subprog|insn).* stack depth /,
  /^\d+: (frame|R\d)/,
  /^-- (BEGIN|END) PROG LOAD LOG --/,
  /^(Prune|Skipping|loop|hit|update|live|bpf_)[a-z_]*:? (point|state|regs)/,
];
const reportHeader = /^(Verification failed|Reason|At|Suggestion):\s*(.*)$/;
/** No message of the kernel is longer; a hostile line must not make the patterns slow. */
const errorLimit = 4096;
const reportPlace = /^(\S+)\s+@\s+(.+):(\d{1,9}):(\d{1,9})$/;

/** Reads the text of a verifier log (kernel/bpf/verifier.c, log.c) of Linux 5.15 and later. Total. */
export function readLog(text: string): VerifierLog {
  const steps: LogStep[] = [];
  let errors: string[] = [];
  let source: LogSource | null = null;
  let before = "";
  let resumed = false;
  const sections = new Map<string, string[]>();
  let section: string[] | null = null;

  for (const raw of text.split("\n")) {
    const line = raw.trimEnd();
    const header = reportHeader.exec(line);
    if (header) {
      section = header[2] ? [header[2]] : [];
      sections.set(header[1] ?? "", section);
      continue;
    }
    const step = stepLine.exec(line);
    if (step) {
      const { text: words, state, after } = splitState(step[2] ?? "");
      steps.push({ instruction: Number(step[1]), text: words, before, resumed, state, source });
      before = after;
      resumed = false;
      errors = [];
      section = null;
      sections.clear();
      continue;
    }
    const state = stateLine.exec(line);
    if (state) {
      const last = steps.at(-1);
      // Numbered by its own instruction or by the next one, it is the state after the last step all the same.
      if (last && last.state === "") steps[steps.length - 1] = { ...last, state: state[2] ?? "" };
      before = state[2] ?? "";
      continue;
    }
    const branch = resumeLine.exec(line);
    const shown = branch ?? frameLine.exec(line);
    if (shown && (shown[1] === "" || stateText.test(shown[1] ?? ""))) {
      before = shown[1] ?? "";
      resumed ||= branch !== null;
      continue;
    }
    if (leftOut.test(line)) {
      before = nothingKnown;
      resumed = true;
      continue;
    }
    const comment = sourceLine.exec(line);
    if (comment) {
      // Code of clang's own making has line 0: it belongs to no line, and so to the one before.
      const named = readSource(comment[1] ?? "");
      if (named.line !== 0) source = named;
      continue;
    }
    if (line === "" || noise.some((pattern) => pattern.test(line))) {
      section = null;
      continue;
    }
    const words = line.trim().slice(0, errorLimit);
    if (section) section.push(words);
    else if (sections.size === 0) errors.push(words);
  }

  const report = readReport(sections);
  return {
    steps,
    errors,
    failingInstruction:
      namedInstruction(errors) ?? (errors.length > 0 || report ? steps.at(-1)?.instruction : null) ?? null,
    statistics: readStatistics(text),
    report,
  };
}

/** "r0 = 2    ; R0=2": an instruction has no semicolon, but names of maps and types inside a state may. */
function splitState(line: string): { readonly text: string; readonly state: string; readonly after: string } {
  const at = line.indexOf("; ");
  if (at >= 0 && stateText.test(line.slice(at + 2, at + 40))) {
    return { text: line.slice(0, at).trimEnd(), state: line.slice(at + 2).trim(), after: "" };
  }
  const resumed = resumedHere.exec(line);
  if (resumed)
    return { text: line.slice(0, resumed.index).trimEnd(), state: resumed[2] ?? "", after: resumed[2] ?? "" };
  return { text: line.replace(/\s*;?$/, ""), state: "", after: "" };
}

function readSource(comment: string): LogSource {
  const at = comment.lastIndexOf("@ ");
  const place = at < 0 ? null : sourcePlace.exec(comment.slice(at + 2));
  if (!place) return { text: comment.trim(), file: null, line: null };
  return { text: comment.slice(0, at).trim(), file: place[1] ?? "", line: Number(place[2]) };
}

/** "unreachable insn 7", "back-edge from insn 8 to 3": errors of the control flow, found before any walk. */
function namedInstruction(errors: readonly string[]): number | null {
  for (const error of errors) {
    const named = /\binsn #?(\d{1,9})\b|^(\d{1,9}): <invalid [A-Za-z]/.exec(error);
    if (named) return Number(named[1] ?? named[2]);
  }
  return null;
}

function readReport(sections: ReadonlyMap<string, readonly string[]>): LogReport | null {
  if (sections.size === 0) return null;
  const text = (name: string) => sections.get(name)?.join(" ") || null;
  const place = reportPlace.exec(sections.get("At")?.[0] ?? "");
  return {
    failed: text("Verification failed"),
    reason: text("Reason"),
    at: place
      ? { function: place[1] ?? "", file: place[2] ?? "", line: Number(place[3]), column: Number(place[4]) }
      : null,
    suggestion: text("Suggestion"),
  };
}

/** The closing lines alone, without a walk over the log. Total. */
export function readStatistics(text: string): LogStatistics {
  // The closing lines stand at the end: a short tail spares a second walk over a long log.
  const tail = text.slice(-4096);
  const number = (pattern: RegExp) => {
    const found = pattern.exec(tail);
    return found ? Number(found[1]) : null;
  };
  const depths = /^stack depth ([\d+]{1,200})$/m.exec(tail)?.[1] ?? "";
  return {
    processed: number(/^processed (\d{1,15}) insns/m),
    limit: number(/\(limit (\d{1,15})\)/),
    maxStatesPerInstruction: number(/ max_states_per_insn (\d{1,15})/),
    totalStates: number(/ total_states (\d{1,15})/),
    peakStates: number(/ peak_states (\d{1,15})/),
    markRead: number(/ mark_read (\d{1,15})/),
    verificationMicroseconds: number(/^verification time (\d{1,15}) usec/m),
    stackDepths: depths.split("+").filter(Boolean).map(Number),
  };
}
