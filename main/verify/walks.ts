/** The logs of the last verdicts, for looking at them step by step: kept in main, sent in pages. One for each window. */
import type { CancellationToken } from "vscode-jsonrpc";
import { type Failure, Failed } from "../../protocol/failures.ts";
import { logPage, type WalkLine, type WalkState, type WalkStep } from "../../protocol/walk.ts";
import type { ObjectContents } from "../object/inspect-object.ts";
import { sourceLine } from "../object/source-line.ts";
import { absolute } from "./absolute.ts";
import { describeRegister } from "./describe-register.ts";
import { foldLog, type LogFold } from "./fold-log.ts";
import { concernedRegisters, describeRegisters, knownAt } from "./known-registers.ts";
import { findLostPointer } from "./lost-pointer.ts";
import { parseValue } from "./parse-state.ts";
import { readLog, type VerifierLog } from "./read-log.ts";
import { type MachineState, type StepStates, stepStates } from "./step-states.ts";

/** All that a walk is read from. */
export interface Judged {
  /** SHA-256 of the object, in hex. */
  readonly object: string;
  /** Null where it could not be read. */
  readonly contents: ObjectContents | null;
  /** What the user named: relative files are placed beside it. */
  readonly path: string;
  /** The source's text; null for an object built elsewhere. */
  readonly source: string | null;
  readonly logs: ReadonlyMap<string, string>;
  /** Programs whose steps the kernel did not keep, since it accepted them. */
  readonly accepted: ReadonlySet<string>;
  /** Has the kernel tell all of them. */
  readonly again: (program: string, token: CancellationToken) => Promise<string>;
}

interface Named {
  readonly object: string;
  readonly program: string;
}
interface Range extends Named {
  readonly from: number;
  readonly count: number;
}

export interface Walks {
  keep(judged: Judged): void;
  /** @throws Failed `not-found`, and whatever asking again throws */
  walk(named: Named, token: CancellationToken): Promise<{ readonly steps: number }>;
  /** @throws Failed `not-found`, as all of these */
  lines(params: Range): { readonly total: number; lines: WalkLine[] };
  steps(params: Range): { readonly total: number; steps: WalkStep[] };
  state(params: Named & { readonly step: number | null }): WalkState;
  log(params: Named & { readonly from: number }): { readonly text: string; readonly total: number };
}

interface Walk {
  readonly log: VerifierLog;
  readonly folds: readonly LogFold[];
  readonly states: StepStates;
}

const keptVerdicts = 8;
/** Characters. */
const keptText = 64 << 20;

export function createWalks(): Walks {
  /** Oldest first. */
  const kept = new Map<string, Judged>();
  /** Logs of all steps, of those of them that were accepted and looked at. */
  const told = new WeakMap<Judged, ReadonlyMap<string, string>>();
  /** Of one program at a time: a long walk takes more room than its log. */
  let open: { readonly of: Judged; readonly program: string; readonly walk: Walk } | null = null;

  const lengthOf = (one: Judged): number => {
    let length = 0;
    for (const logs of [one.logs, told.get(one) ?? []]) for (const [, log] of logs) length += log.length;
    return length;
  };
  const find = ({ object, program }: Named): { readonly judged: Judged; readonly log: string } => {
    const judged = kept.get(object);
    const log = judged === undefined ? undefined : (told.get(judged)?.get(program) ?? judged.logs.get(program));
    if (judged === undefined || log === undefined) throw new Failed(forgotten(program));
    return { judged, log };
  };
  const walkOf = (named: Named): { readonly judged: Judged; readonly walk: Walk } => {
    const { judged, log } = find(named);
    if (open === null || open.of !== judged || open.program !== named.program) {
      // What the kernel prints after the last step of an accepted one is about its own work.
      const read = judged.accepted.has(named.program) ? { ...readLog(log), errors: [] } : readLog(log);
      const walk = { log: read, folds: foldLog(read.steps), states: stepStates(read.steps) };
      open = { of: judged, program: named.program, walk };
    }
    return { judged, walk: open.walk };
  };

  return {
    async walk({ object, program }, token) {
      const { judged } = find({ object, program });
      if (judged.accepted.has(program) && !told.get(judged)?.has(program)) {
        const log = await judged.again(program, token);
        told.set(judged, new Map(told.get(judged)).set(program, log));
        if (open?.of === judged) open = null;
      }
      return { steps: walkOf({ object, program }).walk.log.steps.length };
    },
    keep(judged) {
      kept.delete(judged.object);
      kept.set(judged.object, judged);
      for (const [object, old] of kept) {
        const text = [...kept.values()].reduce((sum, one) => sum + lengthOf(one), 0);
        if (old === judged || (kept.size <= keptVerdicts && text <= keptText)) break;
        kept.delete(object);
        if (open?.of === old) open = null;
      }
    },
    lines({ from, count, ...named }) {
      const { judged, walk } = walkOf(named);
      const lines = walk.folds.slice(from, from + count).map((fold) => lineOf(judged, named.program, walk, fold));
      return { total: walk.folds.length, lines };
    },
    steps({ from, count, ...named }) {
      const { steps } = walkOf(named).walk.log;
      return {
        total: steps.length,
        steps: steps.slice(from, from + count).map(({ instruction, text, state }) => ({ instruction, text, state })),
      };
    },
    state({ step, ...named }) {
      const { judged, walk } = walkOf(named);
      return stateAt(judged, named.program, walk, step);
    },
    log({ from, ...named }) {
      const { log } = find(named);
      return { text: log.slice(from, from + logPage), total: log.length };
    },
  };
}

function forgotten(program: string): Failure {
  return {
    kind: "not-found",
    message: `look at the verifier's walk through ${program}: its log is kept no more; verify it again`,
    what: "log",
    name: program,
  };
}

function lineOf({ contents, path }: Judged, program: string, { log }: Walk, fold: LogFold): WalkLine {
  const [first, last] = fold.steps;
  const exact = contents ? sourceLine(contents, program, log.steps[first]?.instruction ?? 0) : null;
  return {
    file: exact === null ? "" : absolute(exact.file, path),
    line: fold.line ?? exact?.line ?? 0,
    // the log has its lines from clang, which has them from the file on disk
    text: exact?.text ?? fold.text,
    first,
    last,
  };
}

function stateAt({ contents, source }: Judged, program: string, walk: Walk, wanted: number | null): WalkState {
  const { log, folds, states } = walk;
  const { steps, errors } = log;
  const at = Math.min(wanted ?? steps.length - 1, steps.length - 1);
  const step = steps[at];
  const known = knownAt({ steps, states, object: contents, program, source }, at);
  if (!step || !known) return noStep;
  const line = foldAt(folds, at);
  // The kernel's words are about the last step.
  const concerned = concernedRegisters(at === steps.length - 1 ? errors : [], step.text);
  const [register] = concerned;
  const text = register === undefined ? undefined : known.state.registers.get(register);
  const isNumber = text !== undefined && parseValue(text).kind === "scalar";
  const lost = register !== undefined && isNumber ? findLostPointer(steps, states, at, register) : null;
  const [first, last] = folds[line]?.steps ?? [at, at];
  return {
    ...{ steps: steps.length, step: at, lines: folds.length, line, first, last },
    instruction: step.instruction,
    text: step.text,
    frame: known.state.frame,
    registers: [...describeRegisters(known.state, concerned, known.variableOf, lost)],
    stack: [...known.state.stack].map(([slot, value]) => ({
      slot,
      variable: known.names.get(slot) ?? null,
      ...describeRegister(parseValue(value)),
    })),
    references: [...known.state.references],
    changed: at === 0 ? [] : changes(states.before(at - 1), known.state),
  };
}

const noStep: WalkState = {
  ...{ steps: 0, step: 0, lines: 0, line: 0, first: 0, last: 0, instruction: 0, text: "", frame: 0 },
  ...{ registers: [], stack: [], references: [], changed: [] },
};

/** Which of the folds, in order and without gaps, the step belongs to. */
function foldAt(folds: readonly LogFold[], step: number): number {
  let low = 0;
  let high = folds.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((folds[middle]?.steps[0] ?? 0) <= step) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Another function's registers are all new. */
function changes(before: MachineState, now: MachineState): string[] {
  const same = before.frame === now.frame;
  const old = new Map([...before.registers, ...before.stack]);
  return [...now.registers, ...now.stack].flatMap(([name, value]) => (same && old.get(name) === value ? [] : [name]));
}
