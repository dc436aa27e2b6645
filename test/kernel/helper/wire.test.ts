/** No message reaches a handler unchecked: what does not fit its schema is refused, and the connection lives on. */
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import type { Contract } from "../../../protocol/contract.ts";
import { elevatedHelper, plainHelper } from "../../../protocol/helper-contracts.ts";
import { envelope } from "../../../protocol/envelope.ts";
import { maximumMessageBytes } from "../../../protocol/wire.ts";
import { buildHelper, type Launched, launch, noAddon, notRoot } from "./harness.ts";

type Role = "plain" | "elevated";
const contracts: Readonly<Record<Role, Contract>> = { plain: plainHelper, elevated: elevatedHelper };
const mutationsPerRole = 10_000;

interface Answer {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly kind?: string } };
}

/** Raw lines out, answers in: what the typed peer would never send. */
interface Wire extends Launched {
  readonly answers: Answer[];
  write(text: string | Buffer): void;
  /** the answer with this id */
  answer(id: unknown): Promise<Answer>;
  /** a question that must be answered, after everything before it */
  alive(): Promise<void>;
}

const running: Launched[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
beforeAll(buildHelper);

async function open(role: Role): Promise<Wire> {
  const launched = await launch({ role });
  running.push(launched);
  const { socket } = launched;
  if (socket === null) throw new Error("the helper did not connect");
  const answers: Answer[] = [];
  const waiting = new Map<unknown, (answer: Answer) => void>();
  let rest = "";
  socket.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const answer = JSON.parse(line) as Answer;
      answers.push(answer);
      waiting.get(answer.id)?.(answer);
    }
  });
  let asked = 0;
  const wire: Wire = {
    ...launched,
    answers,
    write: (text) => socket.write(text),
    answer: (id) =>
      new Promise((resolve) => {
        const known = answers.find((one) => one.id === id);
        if (known === undefined) waiting.set(id, resolve);
        else resolve(known);
      }),
    async alive() {
      asked += 1;
      const id = `alive ${asked}`;
      const method = role === "plain" ? "interfaces.list" : "helper.describe";
      socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params: {} })}\n`);
      expect((await wire.answer(id)).result).toBeDefined();
    },
  };
  return wire;
}

const refusals: readonly [string, object][] = [
  ["an unknown method", { method: "lab.explode", params: {} }],
  ["a method of Object", { method: "constructor", params: {} }],
  ["another method of Object", { method: "__proto__", params: {} }],
  ["an unknown field", { method: "interfaces.list", params: { all: true } }],
  [
    "an unknown field deeper",
    { method: "interfaces.describe", params: { place: { netns: null, ifindex: 1, name: "lo", x: 1 } } },
  ],
  ["a wrong type", { method: "interfaces.describe", params: { place: { netns: null, ifindex: "1", name: "lo" } } }],
  ["a missing field", { method: "interfaces.describe", params: { place: { netns: null, ifindex: 1 } } }],
  [
    "a path as namespace",
    { method: "interfaces.describe", params: { place: { netns: "../x", ifindex: 1, name: "lo" } } },
  ],
  ["a prototype", { method: "interfaces.list", params: JSON.parse('{"__proto__":{"x":1}}') as object }],
  ["no parameters", { method: "interfaces.describe" }],
];

describe.each(["plain", "elevated"] as const)("the %s helper", (role) => {
  const skip = noAddon !== "" || (role === "elevated" && notRoot !== "");

  it.skipIf(skip)("refuses what is not in its contract, each with a reason", async () => {
    const wire = await open(role);
    for (const [index, [, message]] of refusals.entries()) {
      wire.write(`${JSON.stringify({ jsonrpc: "2.0", id: index, ...message })}\n`);
    }
    for (const [index, [what]] of refusals.entries()) {
      const { error } = await wire.answer(index);
      expect([what, error?.data?.kind, error?.code === -32601 || error?.code === -32602]).toEqual([
        what,
        "invalid-message",
        true,
      ]);
    }
    await wire.alive();
  });

  it.skipIf(skip)("has no method of the other", async () => {
    const wire = await open(role);
    const others = Object.keys(contracts[role === "plain" ? "elevated" : "plain"]).filter(
      (name) => !(name in contracts[role]),
    );
    expect(others.length).toBeGreaterThan(1);
    for (const method of others) {
      wire.write(`${JSON.stringify({ jsonrpc: "2.0", id: method, method, params: {} })}\n`);
      expect((await wire.answer(method)).error?.code).toBe(-32601);
    }
  });

  it.skipIf(skip)("throws an over-long message away unread, and answers the next", async () => {
    const wire = await open(role);
    const chunk = Buffer.alloc(1024 * 1024, "x");
    for (let sent = 0; sent <= maximumMessageBytes; sent += chunk.length) wire.write(chunk);
    wire.write("\n");
    const refused = await wire.answer(null);
    expect(refused.error?.message).toContain(`at most ${maximumMessageBytes} are read`);
    await wire.alive();
  });

  it.skipIf(skip)("reads bytes beside a message as bytes, whatever they are, and skips too many", async () => {
    const wire = await open(role);
    const text = JSON.stringify({ jsonrpc: "2.0", id: "beside", method: "interfaces.list", params: {} });
    const bytes = Buffer.from(`\n${text}\n`.repeat(100));
    wire.write(`+keys:${bytes.length},values:0 ${text}\n`);
    wire.write(bytes);
    // an unknown field
    expect((await wire.answer("beside")).error?.data?.kind).toBe("invalid-message");
    wire.write(`+keys:${maximumMessageBytes} ${text}\n`);
    const chunk = Buffer.alloc(1024 * 1024, "\n");
    for (let sent = 0; sent < maximumMessageBytes; sent += chunk.length) wire.write(chunk);
    await wire.alive();
    expect(wire.answers.map(({ id }) => id)).toEqual(["beside", null, "alive 1"]);
  });

  it.skipIf(skip)("refuses bytes that are no message", async () => {
    const wire = await open(role);
    const odd = [
      "{",
      "[]",
      "null",
      "1",
      '"x"',
      "[[[[",
      "{}",
      '{"jsonrpc":"1.0","id":1,"method":"x"}',
      "\u0000",
      "\ufffd",
    ];
    for (const text of odd) wire.write(`${text}\n`);
    wire.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
    await wire.alive();
    expect(wire.answers.filter(({ error }) => error?.data?.kind === "invalid-message").length).toBe(odd.length + 1);
  });

  it.skipIf(skip)(
    `survives ${mutationsPerRole} random mutations of valid messages`,
    async () => {
      const wire = await open(role);
      const contract = contracts[role];
      const samples = fc.sample(fc.tuple(fc.constantFrom(...validMessages(role)), fc.infiniteStream(fc.nat())), {
        numRuns: mutationsPerRole,
        seed: 20261123,
      });
      const wrong: string[] = [];
      let refused = 0;
      for (const [index, [message, numbers]] of samples.entries()) {
        const id = `m${index}`;
        const text = mutate({ jsonrpc: "2.0", id, ...structuredClone(message) }, numbers);
        wire.write(`${text}\n`);
        if (index % 250 === 249) await wire.alive();
        const judged = judge(text, contract);
        if (judged.id !== id || judged.fits === null) continue;
        const { error } = await wire.answer(id);
        const saidNo = error !== undefined && error.code <= -32600 && error.code >= -32602;
        if (saidNo) refused += 1;
        if (saidNo === judged.fits) wrong.push(text);
      }
      await wire.alive();
      expect(wrong).toEqual([]);
      expect(refused).toBeGreaterThan(mutationsPerRole / 4);
    },
    120_000,
  );
});

/** What the schemas say of a text: null where it is not even a request that could be answered. */
function judge(text: string, contract: Contract): { id: unknown; fits: boolean | null } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: null, fits: null };
  }
  const opened = envelope.safeParse(value);
  if (!opened.success) {
    const id = typeof value === "object" && value !== null && "id" in value ? value.id : null;
    return { id, fits: typeof id === "string" ? false : null };
  }
  const message: z.infer<typeof envelope> = opened.data;
  if (!("method" in message) || !("id" in message)) return { id: null, fits: null };
  const method = Object.hasOwn(contract, message.method) ? contract[message.method] : undefined;
  return { id: message.id, fits: method?.params.safeParse(message.params ?? {}).success ?? false };
}

/** Valid, and harmless whatever field is changed: places, labs and maps that do not exist. */
function validMessages(role: Role): { method: string; params: Record<string, unknown> }[] {
  const place = { netns: "xdpwt-nowhere", ifindex: 0x7ffffff0, name: "xdpwt-none" };
  if (role === "plain") {
    return [
      { method: "toolchain.describe", params: {} },
      { method: "build.compile", params: { path: "/tmp/xdpwt-none/x.c", text: "int a;", emit: "ir" } },
      { method: "interfaces.list", params: {} },
      { method: "interfaces.describe", params: { place } },
    ];
  }
  const id = 0xfffffff0;
  const object = Buffer.from("not an object").toString("base64");
  const expected = { mode: "native", id };
  return [
    { method: "helper.describe", params: {} },
    { method: "interfaces.describe", params: { place } },
    { method: "programs.list", params: {} },
    { method: "verify.judge", params: { object, name: "x", program: "x", asXdp: true } },
    {
      method: "attach.attach",
      params: { object, name: "x", program: "x", asXdp: false, place, mode: "skb", expected },
    },
    { method: "attach.detach", params: { place, expected } },
    { method: "maps.describe", params: { id } },
    { method: "maps.pinned", params: { path: "/sys/fs/bpf/xdpwt-none" } },
    { method: "maps.page", params: { id, cursor: null, count: 100 } },
    { method: "maps.lookup", params: { id, key: "AAAAAA==" } },
    {
      method: "maps.update",
      params: { id, key: "AAAAAA==", value: "AAAAAA==", when: "exist", netns: "xdpwt-nowhere" },
    },
    { method: "maps.delete", params: { id, key: "AAAAAA==" } },
    { method: "lab.status", params: { name: "xdpwt-none" } },
    // a name that stays outside the schema in every mutation: these two act on what they name
    { method: "lab.up", params: { name: "-never", more: { than: "allowed" } } },
    { method: "lab.down", params: { name: "-never", more: { than: "allowed" } } },
    {
      method: "lab.traffic",
      params: { name: "xdpwt-none", from: "host0", to: "port0", protocol: "udp", count: 1, rate: 0 },
    },
  ];
}

/** One to three changes: of the value, or of the text. */
function mutate(message: Record<string, unknown>, numbers: Iterator<number>): string {
  const next = (below: number): number => Number(numbers.next().value ?? 0) % below;
  const acts =
    String(message["method"]).startsWith("lab.") &&
    message["method"] !== "lab.status" &&
    message["method"] !== "lab.traffic";
  const rounds = 1 + next(3);
  for (let round = 0; round < rounds; round += 1) {
    const at = pick(message, next);
    const strange = [null, true, -1, 1.5, 2 ** 53, "", "\u0000", "x".repeat(300), [], {}, "../..", 0, "null"];
    const keys = Object.keys(at).filter((key) => key !== "id" && !(acts && (key === "more" || key === "params")));
    const key = keys[next(Math.max(1, keys.length))];
    if (key === undefined) at["added"] = strange[next(strange.length)];
    else {
      switch (next(4)) {
        case 0:
          Reflect.deleteProperty(at, key);
          break;
        case 1:
          at[key] = strange[next(strange.length)];
          break;
        case 2:
          at[`${key}s`] = at[key];
          break;
        default:
          if (typeof at[key] === "string" && key !== "path") at[key] = `${at[key]}${String.fromCharCode(next(0xd7ff))}`;
          else at[key] = [at[key]];
      }
    }
  }
  const text = JSON.stringify(message);
  if (acts || next(4) !== 0) return text;
  const position = next(text.length);
  const character = String.fromCharCode(32 + next(95));
  return text.slice(0, position) + character + text.slice(position + next(2));
}

function pick(message: Record<string, unknown>, next: (below: number) => number): Record<string, unknown> {
  let at = message;
  for (let depth = 0; depth < 3; depth += 1) {
    const inner = Object.values(at).filter(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    );
    if (inner.length === 0 || next(4) === 0) return at;
    at = inner[next(inner.length)] as Record<string, unknown>;
  }
  return at;
}
