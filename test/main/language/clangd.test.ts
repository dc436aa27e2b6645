/** With the clangd that is installed. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atBar, hasClangd, openRoom, type Room } from "./steps.ts";

const program = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

static __always_inline int add(int left, int right)
{
	return left + right;
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&counts, &key);

	if (!value)
		return XDP_PASS;
	return add(1, 2) == 3 ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
`;

/** the place of the nth occurrence of a word, `plus` characters into it */
function placeOf(text: string, word: string, plus = 0, nth = 1): { line: number; column: number } {
  let offset = -1;
  for (let count = 0; count < nth; count++) offset = text.indexOf(word, offset + 1);
  const before = text.slice(0, offset + plus).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

describe.skipIf(!hasClangd)("language, with the installed clangd (skipped where there is none)", () => {
  let room: Room;
  let path: string;
  beforeEach(() => {
    room = openRoom();
    path = join(room.folder, "Größe 100% #1", "Count Map.bpf.c");
    mkdirSync(join(room.folder, "Größe 100% #1"));
    writeFileSync(path, program);
  });
  afterEach(() => room.close());

  it("finds nothing wrong in a good program, whatever its path is called", async () => {
    await room.open(path, program);
    await room.until("findings", () => room.findings.has(path));
    expect(room.findings.get(path)).toEqual({ path, version: 1, findings: [] });
    expect(room.states.at(-1)).toMatchObject({ state: "ready", note: "" });
  });

  it("follows changes, one after the other", async () => {
    await room.open(path, program);
    await room.until("findings", () => room.findings.has(path));
    const at = placeOf(program, "add(1, 2)");
    const changed = await room.call("language.change", {
      path,
      basedOn: 1,
      version: 3,
      changes: [
        { range: { from: at, to: { line: at.line, column: at.column + 3 } }, text: "sub" },
        { range: { from: { line: 1, column: 1 }, to: { line: 1, column: 1 } }, text: "// ä\n" },
      ],
    });
    expect(changed.state).toBe("ok");
    await room.until("the finding", () => (room.findings.get(path)?.findings.length ?? 0) > 0);
    const [finding] = room.findings.get(path)?.findings ?? [];
    expect(finding).toMatchObject({
      severity: "warning",
      source: "clangd",
      range: { from: { line: at.line + 1, column: at.column } },
    });
    expect(finding?.message).toContain("'sub'");
    expect(await room.call("language.change", { path, basedOn: 1, version: 4, changes: [] as never })).toEqual({
      state: "unknown",
    });
  });

  it("completes helpers with arguments and the manual, and members after ->", async () => {
    const { text, at } = atBar(program.replace("return add(1, 2)", "bpf_map_upd|\n\treturn add(1, 2)"));
    await room.open(path, text);
    const { list, items } = await room.call("language.completion", { path, at, trigger: null });
    const index = items.findIndex(({ label }) => label === "bpf_map_update_elem");
    expect(items[index]).toMatchObject({
      kind: "function",
      insert: "bpf_map_update_elem(${1:map}, ${2:key}, ${3:value}, ${4:flags})$0",
      snippet: true,
      note: "",
    });
    const { markdown } = await room.call("language.resolve", { list, index });
    expect(markdown).toContain("Add or update the value of the entry associated to `key` in");
    expect(markdown).toContain("BPF_NOEXIST");

    const member = atBar(program.replace("return add(1, 2)", "ctx->|\n\treturn add(1, 2)"));
    await room.call("language.change", {
      path,
      basedOn: 1,
      version: 2,
      changes: [{ range: { from: { line: 1, column: 1 }, to: { line: 999, column: 1 } }, text: member.text }],
    });
    const members = await room.call("language.completion", { path, at: member.at, trigger: ">" });
    expect(members.items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["data", "data_end", "rx_queue_index"]),
    );
  });

  it("hovers: the manual of a helper, the type of a variable", async () => {
    await room.open(path, program);
    const helper = await room.call("language.hover", { path, at: placeOf(program, "bpf_map_lookup_elem", 4) });
    expect(helper.markdown).toContain("Perform a lookup in `map` for an entry associated to `key`.");
    expect(helper.markdown).toContain("void *bpf_map_lookup_elem(void *map, const void *key)");
    const variable = await room.call("language.hover", { path, at: placeOf(program, "value)", 1) });
    expect(variable.markdown).toContain("__u64 *");
    expect(variable.markdown).toContain("```c\n");
  });

  it("tells signatures, with the names of a helper's parameters", async () => {
    await room.open(path, program);
    const helper = await room.call("language.signature", { path, at: placeOf(program, "&key)", 1) });
    const [only] = helper.signatures;
    expect(helper.parameter).toBe(1);
    expect(only?.parameters.map(([from, to]) => only.label.slice(from, to))).toEqual(["void *map", "const void *key"]);
    const own = await room.call("language.signature", { path, at: placeOf(program, "2) ==") });
    expect(own).toMatchObject({ active: 0, parameter: 1 });
    const [add] = own.signatures;
    expect(add?.parameters.map(([from, to]) => add.label.slice(from, to))).toEqual(["int left", "int right"]);
  });

  it("finds definitions, here and in the system's headers, and references", async () => {
    await room.open(path, program);
    const here = await room.call("language.definition", { path, at: placeOf(program, "add(1", 1) });
    expect(here.places).toEqual([{ path, range: { from: placeOf(program, "add("), to: placeOf(program, "add(", 3) } }]);
    const there = await room.call("language.definition", { path, at: placeOf(program, "bpf_map_lookup_elem", 1) });
    expect(there.places[0]?.path).toBe("/usr/include/bpf/bpf_helper_defs.h");
    const used = await room.call("language.references", { path, at: placeOf(program, "add(int", 1) });
    expect(used.places.map(({ range }) => range.from.line)).toEqual([
      placeOf(program, "add(int").line,
      placeOf(program, "add(1").line,
    ]);
  });

  it("renames over two files, of which one is not open", async () => {
    const common = join(room.folder, "common");
    mkdirSync(common);
    const header = join(common, "Shared Words.h");
    const headerText = "#pragma once\nstatic inline int twice(int x)\n{\n\treturn 2 * x;\n}\n";
    writeFileSync(header, headerText);
    const text = '#include "../common/Shared Words.h"\nint f(void)\n{\n\treturn twice(1) + twice(2);\n}\n';
    const other = join(room.folder, "Größe 100% #1", "other.c");
    writeFileSync(other, '#include "../common/Shared Words.h"\nint g(void)\n{\n\treturn twice(3);\n}\n');
    writeFileSync(path, text);
    await room.open(path, text);
    const { files } = await room.call("language.rename", { path, at: placeOf(text, "twice(1", 2), name: "doubled" });
    expect(files.map((file) => [file.path, file.edits.length])).toEqual([
      [path, 2],
      [other, 1],
      [header, 1],
    ]);
    expect(files[2]?.edits[0]).toEqual({
      range: { from: placeOf(headerText, "twice"), to: placeOf(headerText, "twice", 5) },
      text: "doubled",
    });
    const at = placeOf(text, "twice(1", 2);
    await expect(room.call("language.rename", { path, at, name: "2x" })).rejects.toThrow(/"2x" is not a name in C/);
    await expect(room.call("language.rename", { path, at, name: "int" })).rejects.toThrow();
  });

  it("lists symbols: the fields of a map in place of the macros around them", async () => {
    await room.open(path, program);
    const { symbols } = await room.call("language.symbols", { path });
    expect(symbols.map(({ name }) => name)).toEqual(expect.arrayContaining(["counts", "add", "count", "_license"]));
    const fields = symbols.flatMap(({ children }) => children.map(({ name }) => name));
    expect(fields).toEqual(expect.arrayContaining(["type", "max_entries", "key", "value"]));
  });

  it("offers a fix and applies it", async () => {
    const text = program.replace("= 0;", "= 0");
    await room.open(path, text);
    await room.until("findings", () => (room.findings.get(path)?.findings.length ?? 0) > 0);
    const [finding] = room.findings.get(path)?.findings ?? [];
    expect(finding).toMatchObject({ severity: "error", message: "Expected ';' at end of declaration" });
    const at = placeOf(text, "= 0\n", 3);
    const { actions } = await room.call("language.actions", { path, range: finding?.range ?? { from: at, to: at } });
    const fix = actions.find(({ title }) => /insert ';'/.test(title));
    expect(fix).toMatchObject({ kind: "quickfix" });
    const { files } = await room.call("language.act", { path, id: fix?.id ?? 0 });
    expect(files).toEqual([{ path, edits: [{ range: { from: at, to: at }, text: ";" }] }]);
    await expect(room.call("language.act", { path, id: 999_999 })).rejects.toThrow(/ask again/);
  });

  it("applies a rewriting that clangd carries out as a command", async () => {
    const text = "#define TWICE(x) (2 * (x))\nint f(int x)\n{\n\treturn TWICE(x);\n}\n";
    await room.open(path, text);
    const at = placeOf(text, "TWICE(x);", 1);
    const { actions } = await room.call("language.actions", { path, range: { from: at, to: at } });
    const expand = actions.find(({ title }) => /expand macro/i.test(title));
    expect(expand).toMatchObject({ kind: "refactor" });
    const { files } = await room.call("language.act", { path, id: expand?.id ?? 0 });
    expect(files[0]?.path).toBe(path);
    expect(files[0]?.edits.map((edit) => edit.text).join()).toContain("(2 * (x))");
  });

  it("gives hints of parameters' names", async () => {
    await room.open(path, program);
    const { hints } = await room.call("language.hints", {
      path,
      range: { from: { line: 1, column: 1 }, to: { line: 40, column: 1 } },
    });
    expect(hints.map(({ label }) => label)).toEqual(expect.arrayContaining(["left:", "right:"]));
  });

  it("reads the flags of the workspace", async () => {
    writeFileSync(join(room.folder, "compile_flags.txt"), "-DANSWER=42\n-I/usr/include/x86_64-linux-gnu\n");
    const text = "#ifndef ANSWER\n#error no flags\n#endif\nint answer = ANSWER;\n";
    await room.open(path, text);
    await room.until("findings", () => room.findings.has(path));
    expect(room.findings.get(path)?.findings).toEqual([]);
  });

  it("starts clangd again when it is killed, says so, and knows what was open", async () => {
    await room.open(path, program);
    await room.until("a start", () => room.states.at(-1)?.state === "ready");
    const { pid } = room.language.state();
    process.kill(pid ?? 0, "SIGKILL");
    await room.until("the restart", () => room.states.at(-1)?.state === "ready" && room.language.state().pid !== pid);
    expect(room.states.map(({ state }) => state)).toEqual(["starting", "ready", "restarting", "ready"]);
    expect(room.states.at(-1)?.note).toMatch(/ended unexpectedly.* and was started again/);
    const { places } = await room.call("language.definition", { path, at: placeOf(program, "add(1", 1) });
    expect(places).toHaveLength(1);
  });
});
