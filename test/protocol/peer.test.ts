import "vscode-jsonrpc/node";
import { describe, expect, test, vi } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc";
import { z } from "zod";
import { Failed, type Failure } from "../../protocol/failures.ts";
import { connectPeer, type Handlers, type Peer } from "../../protocol/peer.ts";
import { bytesBeside, maximumMessageBytes } from "../../protocol/wire.ts";
import { memoryPipes, type PipeEnd } from "./memory-pipe.ts";

const contract = {
  "text.echo": { params: z.strictObject({ text: z.string() }), result: z.strictObject({ text: z.string() }) },
  "text.repeat": { params: z.strictObject({ count: z.number() }), result: z.strictObject({ text: z.string() }) },
  "wait.cancelled": { params: z.strictObject({}), result: z.strictObject({ cancelled: z.boolean() }) },
  "fail.expected": { params: z.strictObject({}), result: z.strictObject({}) },
  "fail.unexpected": { params: z.strictObject({}), result: z.strictObject({}) },
  "answer.wrong": { params: z.strictObject({}), result: z.strictObject({ number: z.number() }) },
  "bytes.turn": {
    params: z.strictObject({ bytes: bytesBeside, by: z.number() }),
    result: z.strictObject({ bytes: bytesBeside, by: z.number() }),
  },
} as const;
const notifications = { "text.said": z.strictObject({ text: z.string() }) } as const;

const foreign: Failure = {
  kind: "foreign-program",
  message: "attach to port0: a program of another's is there",
  netns: "xdpw-lab",
  ifindex: 7,
  mode: "native",
  program: 42,
  name: "xdp_other",
};

interface Pair {
  readonly client: Peer<typeof contract, Record<never, never>>;
  readonly server: Peer<Record<never, never>, typeof notifications>;
  readonly pipes: readonly [PipeEnd, PipeEnd];
  readonly calls: string[];
  readonly tokens: boolean[];
  readonly heard: string[];
  readonly troubles: string[];
  readonly closed: string[];
}

function connect(): Pair {
  const pipes = memoryPipes();
  const calls: string[] = [];
  const tokens: boolean[] = [];
  const heard: string[] = [];
  const troubles: string[] = [];
  const closed: string[] = [];
  const handlers: Handlers<typeof contract> = {
    "text.echo": async ({ text }) => {
      calls.push(text);
      return { text };
    },
    "text.repeat": async ({ count }) => ({ text: "é".repeat(count) }),
    "wait.cancelled": (_params, { token }) =>
      new Promise((resolve) => {
        calls.push("wait");
        token.onCancellationRequested(() => {
          tokens.push(true);
          resolve({ cancelled: true });
        });
      }),
    "fail.expected": async () => {
      throw new Failed(foreign);
    },
    "fail.unexpected": async () => {
      throw new Error("the table is upside down");
    },
    "bytes.turn": async ({ bytes, by }) => {
      calls.push("turn");
      return { bytes: bytes.toReversed(), by };
    },
    "answer.wrong": async () => ({ number: "seven" }) as never,
  };
  const server = connectPeer(
    pipes[0],
    {},
    {
      serves: contract,
      handlers,
      sends: notifications,
      hears: {},
      closed: () => closed.push("server"),
      trouble: (what) => troubles.push(what),
    },
  );
  const client = connectPeer(pipes[1], contract, {
    serves: {},
    handlers: {},
    sends: {},
    hears: notifications,
    notified: { "text.said": ({ text }) => heard.push(text) },
    closed: () => closed.push("client"),
    trouble: (what) => troubles.push(what),
  });
  return { client, server, pipes, calls, tokens, heard, troubles, closed };
}

async function failureOf(request: Promise<unknown>): Promise<Failure> {
  const error = await request.then(
    () => new Error("it was answered"),
    (reason: unknown) => reason,
  );
  if (error instanceof Failed) return error.failure;
  throw error;
}

/** Sends any text to the server and gives what the server answers to that id. */
async function raw({ pipes }: Pair, text: string, id: number | string | null): Promise<{ readonly error?: unknown }> {
  const before = pipes[0].sent.length;
  pipes[0].inject(text);
  return vi.waitFor(() => {
    const found = pipes[0].sent
      .slice(before)
      .map((each) => JSON.parse(each) as { readonly id?: unknown; readonly error?: unknown })
      .find((each) => each.id === id);
    if (found === undefined) throw new Error(`no answer to ${text.slice(0, 100)}`);
    return found;
  });
}

async function expectAlive(pair: Pair): Promise<void> {
  expect(await pair.client.request("text.echo", { text: "alive" })).toEqual({ text: "alive" });
  expect(pair.closed).toEqual([]);
}

describe("a request", () => {
  test("goes there and back", async () => {
    const { client } = connect();
    expect(await client.request("text.echo", { text: "a\nb\u2028\u{1f41d}" })).toEqual({ text: "a\nb\u2028\u{1f41d}" });
  });

  test("many at once find their own answers", async () => {
    const { client } = connect();
    const texts = Array.from({ length: 500 }, (_, index) => `${index}`);
    const answers = await Promise.all(texts.map((text) => client.request("text.echo", { text })));
    expect(answers.map(({ text }) => text)).toEqual(texts);
  });

  test("an expected failure travels whole", async () => {
    const { client } = connect();
    expect(await failureOf(client.request("fail.expected", {}))).toEqual(foreign);
  });

  test("an unexpected one becomes an internal error and is logged where it happened", async () => {
    const pair = connect();
    await expect(pair.client.request("fail.unexpected", {})).rejects.toThrow(
      "fail.unexpected: the table is upside down",
    );
    expect(pair.troubles.join("\n")).toMatch(/upside down\n\s+at /);
    await expectAlive(pair);
  });

  test("an answer that is not of its form is not handed on", async () => {
    const pair = connect();
    await expect(pair.client.request("answer.wrong", {})).rejects.toThrow("the answer is not of its form");
    await expectAlive(pair);
  });

  test("an answer whose envelope is broken reaches the one who waits", async () => {
    const { client, pipes } = connect();
    const request = client.request("wait.cancelled", {});
    pipes[1].inject('{"jsonrpc":"2.0","id":0,"result":1,"error":{"code":1,"message":""}}');
    expect(await failureOf(request)).toMatchObject({ kind: "invalid-message" });
    expect(pipes[1].sent.filter((text) => text.includes('"error"'))).toEqual([]);
  });
});

describe("bytes beside a message", () => {
  test("go and come as fields, and the text does not have them", async () => {
    const { client, pipes } = connect();
    const bytes = Uint8Array.of(1, 2, 0, 255);
    expect(await client.request("bytes.turn", { bytes, by: 1 })).toEqual({ bytes: bytes.toReversed(), by: 1 });
    for (const pipe of pipes) for (const text of pipe.sent) expect(text).not.toContain('"bytes"');
  });

  const request = (params: unknown): string =>
    JSON.stringify({ jsonrpc: "2.0", id: "x", method: "bytes.turn", params });
  test.each([
    ["none where there must be some", request({ by: 1 }), undefined],
    ["a text in their place", request({ by: 1, bytes: "AAAA" }), undefined],
    ["a field both ways", request({ by: 1, bytes: "AAAA" }), { bytes: new Uint8Array(1) }],
    ["bytes in another's place", request({ bytes: [1] }), { by: new Uint8Array(1) }],
    ["a field that is not of the form", request({ by: 1 }), { bytes: new Uint8Array(1), more: new Uint8Array(1) }],
    ["no fields for them", '{"jsonrpc":"2.0","id":"x","method":"bytes.turn"}', { bytes: new Uint8Array(1) }],
    ["a list in place of fields", request([]), { bytes: new Uint8Array(1) }],
  ])("refused: %s", async (_what, text, beside) => {
    const pair = connect();
    pair.pipes[0].inject(text, beside);
    await vi.waitFor(() =>
      expect(JSON.parse(pair.pipes[0].sent.at(-1) ?? "{}")).toMatchObject({
        id: "x",
        error: { data: { kind: "invalid-message" } },
      }),
    );
    expect(pair.calls).toEqual([]);
    await expectAlive(pair);
  });

  test("count towards the limit", async () => {
    const pair = connect();
    const bytes = new Uint8Array(maximumMessageBytes);
    expect(await failureOf(pair.client.request("bytes.turn", { bytes, by: 1 }))).toMatchObject({ kind: "too-large" });
    expect(pair.calls).toEqual([]);
    await expectAlive(pair);
  });
});

describe("cancellation", () => {
  test("a request whose token is cancelled already is cancelled, and nothing throws", async () => {
    const { client, tokens } = connect();
    const source = new CancellationTokenSource();
    // made first: a token that is born cancelled calls its listeners later
    const { token } = source;
    source.cancel();
    expect(await client.request("wait.cancelled", {}, token)).toEqual({ cancelled: true });
    expect(tokens).toEqual([true]);
  });

  test("a cancellation after the other side went away is told to nobody", async () => {
    const logged = vi.spyOn(console, "error");
    const { client, pipes } = connect();
    const source = new CancellationTokenSource();
    const request = client.request("wait.cancelled", {}, source.token);
    pipes[1].close();
    expect(await failureOf(request)).toMatchObject({ kind: "helper-gone" });
    source.cancel();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });
});

describe("refused before a handler sees it", () => {
  test.each([
    ["an unknown method", "text.shout", { text: "a" }],
    ["the prototype as a method", "__proto__", {}],
    ["a method of every object", "constructor", {}],
    ["another method of every object", "toString", {}],
    ["the empty method", "", {}],
    ["an unknown field", "text.echo", { text: "a", loud: true }],
    ["a missing field", "text.echo", {}],
    ["a wrong type", "text.echo", { text: 7 }],
    ["a field called constructor", "text.echo", { text: "a", constructor: { prototype: {} } }],
  ])("%s", async (_what, method, params) => {
    const pair = connect();
    const answer = await raw(pair, JSON.stringify({ jsonrpc: "2.0", id: "x", method, params }), "x");
    expect(answer.error).toMatchObject({ data: { kind: "invalid-message" } });
    expect(pair.calls).toEqual([]);
    await expectAlive(pair);
  });

  test("a field called __proto__", async () => {
    const pair = connect();
    const text = '{"jsonrpc":"2.0","id":"x","method":"text.echo","params":{"text":"a","__proto__":{"b":1}}}';
    expect((await raw(pair, text, "x")).error).toMatchObject({ data: { kind: "invalid-message" } });
    expect(pair.calls).toEqual([]);
    await expectAlive(pair);
  });

  test.each([
    ["garbage", "\u0000\ufffd{]"],
    ["nothing", ""],
    ["what invalid UTF-8 becomes", Buffer.from([0x7b, 0xff, 0xfe, 0xc3]).toString("utf8")],
    ["deep nesting", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"text.echo","params":{"text":"a"}}]'],
    ["a cancellation of no form", '{"jsonrpc":"2.0","method":"$/cancelRequest"}'],
    ["a cancellation of null", '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}'],
  ])("%s", async (_what, text) => {
    const pair = connect();
    expect((await raw(pair, text, null)).error).toMatchObject({ data: { kind: "invalid-message" } });
    expect(pair.calls).toEqual([]);
    await expectAlive(pair);
  });

  test("notifications that nobody declared or of the wrong form", async () => {
    const pair = connect();
    pair.server.notify("text.said", { text: "heard" });
    pair.server.notify("text.said", { text: 7 } as never);
    pair.server.notify("text.unsaid" as never, { text: "a" } as never);
    pair.server.notify("constructor" as never, {} as never);
    await vi.waitFor(() => expect(pair.troubles).toHaveLength(3));
    expect(pair.heard).toEqual(["heard"]);
    await expectAlive(pair);
  });

  test("answers that nobody waits for", async () => {
    const pair = connect();
    pair.pipes[0].inject('{"jsonrpc":"2.0","id":99,"result":{}}');
    pair.pipes[0].inject('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"no"}}');
    pair.pipes[0].inject('{"jsonrpc":"2.0","id":"__proto__","result":{}}');
    await expectAlive(pair);
  });
});

describe("size", () => {
  test("a message over the limit was thrown away unread: it is refused and the connection lives", async () => {
    const pair = connect();
    pair.pipes[0].overlong(maximumMessageBytes + 1);
    expect(JSON.parse(pair.pipes[0].sent.at(-1) ?? "")).toMatchObject({
      id: null,
      error: { data: { kind: "invalid-message", message: expect.stringContaining(`${maximumMessageBytes}`) } },
    });
    await expectAlive(pair);
  });

  test("a request over the limit is not sent, and its caller is told", async () => {
    const pair = connect();
    const text = "é".repeat(maximumMessageBytes / 2);
    expect(await failureOf(pair.client.request("text.echo", { text }))).toMatchObject({
      kind: "too-large",
      limit: maximumMessageBytes,
    });
    expect(pair.calls).toEqual([]);
    await expectAlive(pair);
  });

  test("an answer over the limit becomes a failure for its caller", async () => {
    const pair = connect();
    const request = pair.client.request("text.repeat", { count: maximumMessageBytes / 2 });
    expect(await failureOf(request)).toMatchObject({ kind: "too-large" });
    await expectAlive(pair);
  });

  test("a notification over the limit is not sent", async () => {
    const pair = connect();
    pair.server.notify("text.said", { text: "é".repeat(maximumMessageBytes / 2) });
    await vi.waitFor(() => expect(pair.troubles.join()).toContain("not sent"));
    await expectAlive(pair);
  });

  test("a message just under the limit passes, whatever its characters", async () => {
    const { client } = connect();
    const count = maximumMessageBytes / 2 - 100;
    expect((await client.request("text.repeat", { count })).text).toHaveLength(count);
  });
});

describe("cancellation", () => {
  test("reaches the handler's token", async () => {
    const { client, calls } = connect();
    const source = new CancellationTokenSource();
    const request = client.request("wait.cancelled", {}, source.token);
    await vi.waitFor(() => expect(calls).toEqual(["wait"]));
    source.cancel();
    expect(await request).toEqual({ cancelled: true });
  });

  test("before the request was sent is a cancellation all the same", async () => {
    const { client } = connect();
    const source = new CancellationTokenSource();
    source.cancel();
    const request = client.request("wait.cancelled", {}, source.token);
    expect(await request).toEqual({ cancelled: true });
  });
});

describe("the end", () => {
  test("fails what waits with helper-gone, and what is asked afterwards", async () => {
    const { client, pipes, closed } = connect();
    const request = client.request("wait.cancelled", {});
    pipes[0].close();
    expect(await failureOf(request)).toMatchObject({ kind: "helper-gone" });
    expect(await failureOf(client.request("text.echo", { text: "a" }))).toMatchObject({ kind: "helper-gone" });
    expect(client.open).toBe(false);
    expect(closed.sort()).toEqual(["client", "server"]);
  });

  test("cancels what still runs for the one who left", async () => {
    const { client, pipes, calls, tokens } = connect();
    const request = failureOf(client.request("wait.cancelled", {}));
    await vi.waitFor(() => expect(calls).toEqual(["wait"]));
    pipes[1].close();
    await vi.waitFor(() => expect(tokens).toEqual([true]));
    expect(await request).toMatchObject({ kind: "helper-gone" });
  });

  test("by our own close too, and only the other side is told", async () => {
    const { client, server, closed } = connect();
    const request = failureOf(client.request("wait.cancelled", {}));
    client.close();
    client.close();
    expect(await request).toMatchObject({ kind: "helper-gone" });
    await vi.waitFor(() => expect(server.open).toBe(false));
    expect(closed).toEqual(["server"]);
    server.notify("text.said", { text: "nobody hears it" });
  });
});
