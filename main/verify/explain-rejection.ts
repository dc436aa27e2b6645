/** A rejection in plain words: its class, its C line, what the verifier knew, and what usually mends it. Pure. */
import type { RegisterKnown, Rejection } from "../../protocol/verify.ts";
import type { ObjectContents } from "../object/inspect-object.ts";
import { classifyRejection } from "./classify-rejection.ts";
import { concernedRegisters, describeRegisters, knownAt } from "./known-registers.ts";
import { findLostPointer } from "./lost-pointer.ts";
import { parseValue } from "./parse-state.ts";
import { placeRejection } from "./place-rejection.ts";
import { readLog, type VerifierLog } from "./read-log.ts";
import { nothingKnown, type RejectionFacts } from "./rejection-facts.ts";
import { type MachineState, stepStates } from "./step-states.ts";

export interface RejectionInput {
  /** Null where the object could not be read: the log's own source lines are used then. */
  readonly object: ObjectContents | null;
  /** The ELF behind `object`; null where it is not at hand. */
  readonly bytes: Uint8Array | null;
  readonly program: string;
  /** The verifier's text; empty where the load failed before the verifier saw it. */
  readonly log: string;
  /** What libbpf said; looked at where there is no log. */
  readonly libbpf: string;
  /** The errno's name and words, such as "EACCES: permission denied". */
  readonly error: string;
  /** The main source's text; null where it is not at hand. */
  readonly source: string | null;
}

export interface Explained {
  readonly rejection: Rejection;
  /** All that the kernel, or else libbpf, said about it. */
  readonly words: string;
}

/** What an errno means when nobody gave another word. */
const errnos: readonly (readonly [RegExp, string, string, string, string])[] = [
  [
    /\bEPERM\b/,
    "no-privilege",
    "no privilege",
    "The kernel lets only privileged users load XDP programs: CAP_BPF and CAP_NET_ADMIN.",
    "unlock the workbench or run as root",
  ],
  [
    /\bE2BIG\b/,
    "too-many-instructions",
    "too many instructions",
    "The program is larger than this kernel takes.",
    "make it shorter, or split it by tail calls",
  ],
  [
    /\bENOSPC\b/,
    "log-too-small",
    "log did not fit",
    "The program was rejected and the log did not fit.",
    "ask again with a larger log",
  ],
  [
    /\bENOMEM\b/,
    "memory",
    "not enough memory",
    "The program or its maps did not fit the kernel's memory.",
    "free some, or make the maps smaller, and try again",
  ],
];

const errorLimit = 100;
/** A longer log is explained from its end: what matters stands there, and the editor waits. Characters. */
const longLog = 16 << 20;
const longLogEnd = 4 << 20;

export function explainRejection(input: RejectionInput): Explained {
  const log = readLog(endOf(input.log));
  const said = log.errors.length > 0 ? log.errors : input.log === "" ? loaderLines(input.libbpf) : [];
  const gathered = gatherFacts(input, log, said.slice(-errorLimit));
  const { facts } = gathered;
  const found = classifyRejection(facts);
  const place = placeRejection({ ...input, log, found });
  const { report } = log;
  const errno = found ? undefined : errnos.find(([pattern]) => said.length === 0 && pattern.test(input.error));
  const telling = report?.failed ?? found?.telling ?? said.at(-1) ?? input.error;
  const own = found
    ? sentence(found.class.explain(facts, found.match))
    : (errno?.[3] ?? "The kernel rejects the program; this reason is not among those that are explained here.");
  const fix = found
    ? typeof found.class.fix === "string"
      ? found.class.fix
      : found.class.fix(facts, found.match)
    : (errno?.[4] ?? "see the log: its last lines tell what the verifier missed");
  const { snippet } = found?.class ?? {};
  return {
    rejection: {
      class: found?.class.id ?? errno?.[1] ?? "verifier",
      title: found?.class.title ?? errno?.[2] ?? "rejected by the kernel",
      ...place,
      telling: telling === "" ? "rejected without a word" : telling,
      explanation: report?.reason ? `${sentence(report.reason)} ${own}` : own,
      fix,
      snippet: (typeof snippet === "function" ? found && snippet(facts, found.match) : snippet) ?? null,
      registers: [...gathered.registers],
      suggestion: report?.suggestion ?? null,
    },
    words:
      said.length > 0 ? said.join("; ") : (report?.reason ?? report?.failed ?? (telling || "rejected without a word")),
  };
}

function endOf(log: string): string {
  return log.length <= longLog ? log : log.slice(log.indexOf("\n", log.length - longLogEnd) + 1);
}

/** Whether a class fits what libbpf said. */
export function isClassified(libbpf: string): boolean {
  return classifyRejection({ ...nothingKnown, errors: loaderLines(libbpf) }) !== null;
}

/** libbpf repeats itself on the way out. */
function loaderLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim().replace(/^libbpf: /, ""))
    .filter((line) => line !== "" && !/^failed to load object|: failed to load: -\d+$/.test(line));
}

function gatherFacts(
  { object, program, source }: RejectionInput,
  log: VerifierLog,
  errors: readonly string[],
): { readonly facts: RejectionFacts; readonly registers: readonly RegisterKnown[] } {
  const at = log.steps.length - 1;
  const step = log.steps[at];
  if (!step) return { facts: { ...nothingKnown, program, errors }, registers: [] };
  const states = stepStates(log.steps);
  const known = knownAt({ steps: log.steps, states, object, program, source }, at);
  if (!known) return { facts: { ...nothingKnown, program, errors }, registers: [] };
  const { state, line, names, expression, variableOf } = known;
  const concerned = concernedRegisters(errors, step.text);
  const register = concerned[0] ?? null;
  const text = register === null ? undefined : state.registers.get(register);
  const value = text === undefined ? null : parseValue(text);
  const isNumber = value?.kind === "scalar";
  const facts: RejectionFacts = {
    program,
    errors,
    instruction: step.text,
    line,
    expression: expression?.text ?? null,
    register,
    variable: register === null ? null : (variableOf(register) ?? null),
    otherVariable: concerned[1] === undefined ? null : (variableOf(concerned[1]) ?? null),
    value,
    lost: register !== null && isNumber ? findLostPointer(log.steps, states, at, register) : null,
    checkedPackets: checkedPackets(state, names, log),
    calledNothing: log.steps.slice(-200).some(({ text: words }) => /^call (kernel-function|unknown)?#0$/.test(words)),
  };
  return { facts, registers: describeRegisters(state, concerned, variableOf, facts.lost) };
}

function checkedPackets(
  { registers, stack }: MachineState,
  names: ReadonlyMap<string, string>,
  log: VerifierLog,
): RejectionFacts["checkedPackets"] {
  const held = [...registers, ...stack].flatMap(([place, text]) => {
    const value = parseValue(text);
    return value.kind === "pkt" && (value.range ?? 0) > 0
      ? [{ name: names.get(place) ?? "another pointer", value }]
      : [];
  });
  if (held.length > 0) return held;
  for (const step of log.steps.slice(-2000)) {
    const text = /=(pkt\((?:[^()]{0,200},)?r=[1-9]\d*[^()]{0,200}\))/.exec(step.state)?.[1];
    if (text) return [{ name: "another pointer", value: parseValue(text) }];
  }
  return [];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
