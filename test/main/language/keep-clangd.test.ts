import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { Failed } from "../../../protocol/failures.ts";
import { writeFakeClangd } from "./fake-clangd.ts";
import { openRoom, type Room } from "./steps.ts";

interface Heard {
  readonly heard: readonly string[];
  readonly texts: readonly { readonly uri: string; readonly version: number; readonly text: string }[];
}

const args: string[] = [];
let room: Room;
let path: string;
beforeEach(() => {
  args.length = 0;
  room = openRoom({ findClangd: () => process.execPath, clangdArguments: args, restartDelay: 5 });
  args.push(writeFakeClangd(room.folder));
  path = join(room.folder, "a.c");
});
afterEach(() => room.close());

async function heard(): Promise<Heard> {
  const { markdown } = await room.call("language.hover", { path, at: { line: 1, column: 1 } });
  return JSON.parse(markdown) as Heard;
}

describe("clangd kept running", () => {
  it("is not started before the first document", () => {
    expect(room.language.state()).toEqual({ state: "off", version: "", note: "", pid: null });
    expect(room.states).toEqual([]);
  });

  it("is told changes one by one, with places counted from 0", async () => {
    await room.open(path, "ab\ncd\n");
    expect(await heard()).toMatchObject({ texts: [{ version: 1, text: "ab\ncd\n" }] });
    const at = (line: number, column: number) => ({ line, column });
    await room.call("language.change", {
      path,
      basedOn: 1,
      version: 2,
      changes: [
        { range: { from: at(2, 1), to: at(2, 2) }, text: "C" },
        { range: { from: at(1, 3), to: at(1, 3) }, text: "!" },
      ],
    });
    const { heard: messages, texts } = await heard();
    expect(texts[0]?.version).toBe(2);
    expect(messages.filter((one) => one.startsWith("{")).map((one) => JSON.parse(one) as unknown)).toEqual([
      { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, text: "C" },
      { range: { start: { line: 0, character: 2 }, end: { line: 0, character: 2 } }, text: "!" },
    ]);
  });

  it("opens anew with the text as it is, when it was changed while clangd started", async () => {
    await room.open(path, "old");
    await room.call("language.change", {
      path,
      basedOn: 1,
      version: 5,
      changes: [{ range: { from: { line: 1, column: 1 }, to: { line: 1, column: 4 } }, text: "new" }],
    });
    expect((await heard()).texts).toMatchObject([{ version: 5, text: "new" }]);
    expect((await heard()).heard.filter((method) => method === "textDocument/didOpen")).toHaveLength(1);
  });

  it("closes documents, and knows them no more", async () => {
    await room.open(path, "a");
    const other = join(room.folder, "b.c");
    await room.open(other, "b");
    await room.call("language.hover", { path: other, at: { line: 1, column: 2 } });
    await room.call("language.close", { path: other });
    expect((await heard()).heard).toContain("textDocument/didClose");
    await expect(room.call("language.hover", { path: other, at: { line: 1, column: 1 } })).rejects.toThrow(/not open/);
  });

  it("is told when a question is not wanted any more", async () => {
    await room.open(path, "x");
    await heard();
    const source = new CancellationTokenSource();
    const waiting = room.language.handlers["language.completion"](
      { path, at: { line: 1, column: 2 }, trigger: null },
      { token: source.token },
    );
    setTimeout(() => source.cancel(), 20);
    await expect(waiting).rejects.toSatisfy((error) => error instanceof Failed && error.failure.kind === "cancelled");
    expect((await heard()).heard).toContain("$/cancelRequest");
  });

  it("is not believed when it answers nonsense, and passes on why it refuses", async () => {
    await room.open(path, "name");
    await expect(room.call("language.symbols", { path })).rejects.toThrow(/not of its form/);
    await expect(room.call("language.rename", { path, at: { line: 1, column: 1 }, name: "b" })).rejects.toThrow(
      "cannot rename this",
    );
    expect(await room.call("language.definition", { path, at: { line: 1, column: 1 } })).toEqual({ places: [] });
    expect(room.language.state().state).toBe("ready");
  });

  it("is started again when it dies, and told everything anew", async () => {
    await room.open(path, "a");
    await room.open(join(room.folder, "b.c"), "b");
    await room.until("a start", () => room.language.state().state === "ready");
    const asked = room.call("language.completion", { path, at: { line: 1, column: 2 }, trigger: null });
    setTimeout(() => process.kill(room.language.state().pid ?? 0, "SIGKILL"), 30);
    await expect(asked).rejects.toThrow(/clangd ended before it answered/);
    await room.until("the restart", () => room.states.filter(({ state }) => state === "ready").length === 2);
    expect((await heard()).texts.map(({ text }) => text).toSorted()).toEqual(["a", "b"]);
    expect(room.states.find(({ state }) => state === "restarting")?.note).toMatch(/ended unexpectedly/);
  });

  it("is left alone after the sixth death in three minutes, until the user wants it", async () => {
    await room.open(path, "DIE");
    await room.until("the end", () => room.language.state().state === "failed");
    expect(room.states.filter(({ state }) => state === "restarting")).toHaveLength(5);
    expect(room.language.state().note).toMatch(/exit 7.*6th time/);
    expect(await room.call("language.definition", { path, at: { line: 1, column: 1 } })).toEqual({ places: [] });
    await room.open(path, "fine");
    expect(room.language.state().state).toBe("failed");
    await room.call("language.restart", {});
    await room.until("a start", () => room.language.state().state === "ready");
    expect((await heard()).texts).toMatchObject([{ text: "fine" }]);
  });

  it("that cannot start is said so", async () => {
    args[0] = "/nonexistent.cjs";
    await room.open(path, "a");
    await room.until("the end", () => room.language.state().state === "failed");
    expect(room.language.state().note).toMatch(/clangd could not start: exit 1/);
  });

  it("ends with its session", async () => {
    await room.open(path, "a");
    await room.until("a start", () => room.language.state().state === "ready");
    const pid = room.language.state().pid ?? 0;
    room.language.end();
    await room.until("its end", () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  });
});

describe("without clangd", () => {
  it("says what to install, and still knows the helpers, sections and licenses", async () => {
    const bare = openRoom({ findClangd: () => null });
    try {
      const source = join(bare.folder, "x.bpf.c");
      const text = 'SEC("xpd")\nint f(void)\n{\n\treturn bpf_map_lookup_elem(0, 0) == bpf_tr;\n}\n';
      await bare.open(source, text);
      await bare.until("our findings", () => (bare.findings.get(source)?.findings.length ?? 0) > 0);
      expect(bare.findings.get(source)?.findings[0]).toMatchObject({ source: "xdpw", code: "unknown-section" });
      expect(bare.language.state()).toMatchObject({
        state: "missing",
        note: expect.stringContaining("install the package clangd"),
      });
      const at = { line: 4, column: 44 };
      const { items } = await bare.call("language.completion", { path: source, at, trigger: null });
      expect(items.map(({ label }) => label)).toContain("bpf_trace_printk");
      const { markdown } = await bare.call("language.hover", { path: source, at: { line: 4, column: 15 } });
      expect(markdown).toContain("Perform a lookup");
      const { signatures } = await bare.call("language.signature", { path: source, at: { line: 4, column: 32 } });
      expect(signatures[0]?.label).toContain("void *map");
      expect(await bare.call("language.references", { path: source, at })).toEqual({ places: [] });
      await expect(
        bare.call("language.rename", { path: source, at: { line: 2, column: 5 }, name: "g" }),
      ).rejects.toThrow("clangd is not running");
    } finally {
      bare.close();
    }
  });
});
