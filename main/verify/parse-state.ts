/** Registers and stack slots of one line of a verifier log, still as the kernel wrote them. */
export interface StateText {
  /** 0 is the program's own function, 1 what it called, and so on. */
  readonly frame: number;
  /** Complete, or only what changed: a complete one names R10. */
  readonly complete: boolean;
  /** By "R0" … "R10" and "fp-8", "fp-16", … */
  readonly values: ReadonlyMap<string, string>;
  /** Ids of what must be released before the end; null where the line does not say. */
  readonly references: readonly number[] | null;
}

/** What a register or stack slot holds, as far as the kernel prints it. Bounds are of the value, or of what is added. */
export interface RegisterValue {
  /** "scalar", "pkt", "pkt_end", "fp", "ctx", "map_value_or_null", …; "" for bytes of the stack. */
  readonly kind: string;
  readonly text: string;
  readonly constant: bigint | null;
  /** Bytes, fixed. */
  readonly offset: number;
  /** Packet pointers: bytes from the start that a comparison has proved. */
  readonly range: number | null;
  readonly id: string | null;
  readonly reference: string | null;
  readonly map: string | null;
  readonly keySize: number | null;
  /** Of a map's value, or of memory. */
  readonly size: number | null;
  readonly bounds: { readonly minimum: bigint; readonly maximum: bigint } | null;
}

/** Longer states are hostile: eight frames of full stacks take a tenth of this. */
const stateLimit = 65_536;

/** Reads "frame1: R1=pkt(off=14,r=14) R2_w=scalar() fp-8=0000???? refs=2" (kernel/bpf/log.c, 5.x to 6.x). Total. */
export function parseState(text: string): StateText {
  const line = text.slice(0, stateLimit);
  const frame = /^\s*frame(\d{1,2}):/.exec(line);
  const values = new Map<string, string>();
  let references: readonly number[] | null = null;
  for (const token of splitTokens(frame ? line.slice(frame[0].length) : line)) {
    const equals = token.indexOf("=");
    const name = /^(R\d{1,2}|fp-\d{1,3}|refs)(?:_[rwD]{1,3})?$/.exec(token.slice(0, equals))?.[1];
    if (equals < 0 || name === undefined) continue;
    const value = token.slice(equals + 1);
    if (name === "refs") references = value.split(",").map(Number).filter(Number.isFinite);
    else values.set(name, value);
  }
  return { frame: frame ? Number(frame[1]) : 0, complete: values.has("R10"), values, references };
}

/** By the spaces outside of brackets: "var_off=(0x0; 0xff)" has one inside. */
function splitTokens(text: string): readonly string[] {
  const tokens: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 40) depth++;
    else if (code === 41 && depth > 0) depth--;
    else if (at === text.length || (depth === 0 && code <= 32)) {
      if (at > start) tokens.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return tokens;
}

/** Reads one value such as "pkt(id=1,off=14,r=0,umax=60)". Total: what is not understood keeps its text. */
export function parseValue(given: string): RegisterValue {
  // "P" marks a scalar whose exact value matters; "inv" was the scalar's name before 5.18.
  const text = given.replace(/^P(?=[-\dsi])/, "").replace(/^inv(?=P|-?\d|\(|$)/, "scalar");
  const bare = /^(?:scalar)?P?(-?(?:0x[0-9a-f]{1,16}|\d{1,20}))$/.exec(text);
  const empty = {
    text: given,
    offset: 0,
    range: null,
    id: null,
    reference: null,
    map: null,
    keySize: null,
    size: null,
  };
  if (bare) {
    const constant = toBigInt(bare[1] ?? "0");
    return { ...empty, kind: "scalar", constant, bounds: { minimum: constant, maximum: constant } };
  }
  const frame = /^fp(-?\d{1,9})$/.exec(text);
  if (frame) return { ...empty, kind: "fp", constant: null, offset: Number(frame[1]), bounds: null };
  const shape = /^([a-zA-Z_]\w{0,63})\((.*)\)$/.exec(text);
  if (!shape) {
    const kind = /^[a-z]\w{0,63}$/.exec(text) && !/^m{1,8}$/.test(text) ? text : "";
    return { ...empty, kind, constant: null, bounds: null };
  }
  const kind = shape[1] ?? "";
  const fields = parseFields(shape[2] ?? "");
  const number = (name: string) => {
    const value = fields.get(name);
    return value === undefined || !/^-?(0x[0-9a-f]{1,8}|\d{1,10})$/.test(value) ? null : Number(toBigInt(value));
  };
  return {
    ...empty,
    kind: kind === "inv" ? "scalar" : kind,
    constant: null,
    offset: number("off") ?? 0,
    range: number("r"),
    id: fields.get("id") ?? null,
    reference: fields.get("ref_obj_id") ?? null,
    map: fields.get("map") ?? null,
    keySize: number("ks"),
    size: number("vs") ?? number("sz") ?? number("mem_size"),
    bounds: readBounds(fields),
  };
}

/** "smin=smin32=0,smax=umax=255,var_off=(0x0; 0xff)": names that share a value are chained. */
function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(",")) {
    const names = part.split("=");
    const value = names.pop() ?? "";
    for (const name of names) fields.set(name.replace(/_value$/, ""), value);
  }
  return fields;
}

function readBounds(fields: ReadonlyMap<string, string>): RegisterValue["bounds"] {
  const read = (name: string) => {
    const value = fields.get(name);
    return value !== undefined && /^-?(0x[0-9a-f]{1,16}|\d{1,20})$/.test(value) ? toBigInt(value) : null;
  };
  const signed = (name: string) => {
    const value = read(name);
    return value === null ? null : BigInt.asIntN(64, value);
  };
  const smin = signed("smin");
  const smax = signed("smax");
  const umax = read("umax");
  if (umax !== null && umax >= 0n && umax < 1n << 63n) {
    const umin = read("umin") ?? 0n;
    return { minimum: umin > (smin ?? 0n) ? umin : smin !== null && smin > 0n ? smin : umin, maximum: umax };
  }
  if (smin !== null && smax !== null) return { minimum: smin, maximum: smax };
  return null;
}

function toBigInt(text: string): bigint {
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}
