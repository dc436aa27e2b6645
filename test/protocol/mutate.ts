/** Valid messages, and what a broken or hostile sender makes of them. A seeded generator: a failure can be run again. */
import { z } from "zod";
import type { Contract } from "../../protocol/contract.ts";
import { bytesBeside } from "../../protocol/wire.ts";

const besideTitle = bytesBeside.meta()?.title;

export type Random = () => number;

/** mulberry32: small, fast and good enough to pick mutations */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

const poison: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  Number.MAX_VALUE,
  "",
  "\0",
  "../../etc/shadow",
  "x".repeat(5000),
  "__proto__",
  [],
  [[]],
  {},
  { kind: "path" },
  { __proto: 1 },
  { constructor: { prototype: {} } },
];

type Container = Record<string, unknown> | unknown[];

/** every object and array in a value, the value itself first */
function containers(value: unknown): readonly Container[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  const own = value as Container;
  return [own, ...Object.values(own).flatMap((each) => containers(each))];
}

/** Changes one thing, or a few, somewhere in the message or in its text. */
export function mutate(random: Random, message: unknown): string {
  const copy: unknown = structuredClone(message);
  const turns = 1 + Math.floor(random() * 3);
  for (let turn = 0; turn < turns; turn++) {
    const place = pick(random, containers(copy)) as Record<string, unknown>;
    const keys = Object.keys(place);
    const key = keys.length === 0 ? "key" : pick(random, keys);
    switch (Math.floor(random() * 6)) {
      case 0:
        delete place[key];
        break;
      case 1:
        place[key] = structuredClone(pick(random, poison));
        break;
      case 2:
        place[pick(random, ["extra", "constructor", "toString", "0", "", "path", "id", "kind"])] = structuredClone(
          pick(random, poison),
        );
        break;
      case 3:
        if (keys.length > 1) place[key] = structuredClone(place[pick(random, keys)]);
        break;
      case 4:
        place[`${key}\u200b`] = structuredClone(place[key]);
        break;
      default:
        place[key] = typeof place[key] === "string" ? Number(place[key]) : JSON.stringify(place[key]);
    }
  }
  const text = JSON.stringify(copy) ?? "undefined";
  const at = Math.floor(random() * text.length);
  switch (Math.floor(random() * 8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0xffff)) + text.slice(at + 1);
    case 2:
      return `${text.slice(0, at)}"__proto__":{"a":1},${text.slice(at)}`;
    case 3:
      return text.replace("{", '{"__proto__":{"polluted":true},');
    default:
      return text;
  }
}

/** A value that the schema takes, made from its JSON Schema; what that does not say (a refinement) is found by trying. */
export function example(random: Random, schema: z.ZodType): unknown {
  const described = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  for (let tries = 0; tries < 100; tries++) {
    const made = fromJsonSchema(random, described);
    if (schema.safeParse(made).success) return made;
  }
  throw new Error(`no example found for ${JSON.stringify(described)}`);
}

interface JsonSchema {
  readonly title?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

const texts: readonly string[] = [
  "/tmp/a.bpf.c",
  "port0",
  "7",
  "AAAAAA==",
  "0".repeat(16),
  "0".repeat(64),
  "0".repeat(80),
  "192.0.2.1",
  "2001:db8::1",
  "02:00:00:00:00:01",
  "host0",
];

function fromJsonSchema(random: Random, schema: JsonSchema): unknown {
  if (schema.title === besideTitle) return Uint8Array.from({ length: 3 }, () => random() * 256);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fromJsonSchema(random, pick(random, choices));
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name) === true || random() < 0.5)
          .map(([name, each]) => [name, fromJsonSchema(random, each)]),
      );
    case "array":
      return Array.from({ length: (schema.minItems ?? 0) + Math.floor(random() * 2) }, () =>
        fromJsonSchema(random, schema.items ?? {}),
      );
    case "number":
    case "integer": {
      const from = Math.max(schema.minimum ?? 0, 0);
      return Math.min(schema.maximum ?? 1000, from + Math.floor(random() * 100));
    }
    case "boolean":
      return random() < 0.5;
    case "null":
      return null;
    case "string": {
      const pattern = schema.pattern === undefined ? /^/ : new RegExp(schema.pattern);
      return pick(
        random,
        texts.filter((text) => pattern.test(text)),
      );
    }
    default:
      return {};
  }
}

/** One valid request for every method, a few of each. */
export function validRequests(random: Random, contract: Contract, each: number): readonly object[] {
  return Object.entries(contract).flatMap(([method, { params }]) =>
    Array.from({ length: each }, (_, index) => ({
      jsonrpc: "2.0",
      id: `${method} ${index}`,
      method,
      params: example(random, params),
    })),
  );
}
