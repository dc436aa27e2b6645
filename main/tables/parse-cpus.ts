/** What is typed of single CPUs: "cpu 2: packets=1; cpu 3: packets=4", "all cpus: 0". */
import type { BadValue } from "./bad-value.ts";

export interface CpuTexts {
  /** for every CPU that is not named; null keeps what they have */
  readonly all: string | null;
  readonly each: ReadonlyMap<number, string>;
}

export type ReadCpus =
  | { readonly ok: true; readonly texts: CpuTexts }
  | { readonly ok: false; readonly failure: BadValue };

const head = /^\s*(?:cpu\s*(\d{1,5})|all\s+cpus)\s*:/i;
const between = /;(?=\s*(?:cpu\s*\d{1,5}|all\s+cpus)\s*:)/i;

/** Null where the text says nothing of CPUs: then it is meant for the entry. `copies`: how many CPUs there are values of. */
export function readCpus(text: string, copies: number, field: string): ReadCpus | null {
  if (!head.test(text)) return null;
  const each = new Map<number, string>();
  let all: string | null = null;
  for (const part of text.split(between)) {
    const found = head.exec(part);
    if (found === null) continue;
    const value = part.slice(found[0].length).trim();
    const [, number] = found;
    const cpu = Number(number);
    if (number === undefined ? all !== null : each.has(cpu))
      return wrong(`${number === undefined ? "all cpus" : `cpu ${cpu}`} is given twice`);
    if (number === undefined) all = value;
    else if (cpu < copies) each.set(cpu, value);
    else return wrong(`there is no CPU ${cpu}: give cpu 0 to cpu ${copies - 1}, or all cpus`);
  }
  return { ok: true, texts: { all, each } };

  function wrong(why: string): ReadCpus {
    return { ok: false, failure: { kind: "bad-value", field, message: `field ${field}: ${why}` } };
  }
}

/** Null keeps what this CPU has. */
export function textOfCpu({ all, each }: CpuTexts, cpu: number): string | null {
  return each.get(cpu) ?? all;
}
