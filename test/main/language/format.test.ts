import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { findTool } from "../../../main/language/find-tool.ts";
import { format, styleFile } from "../../../main/language/format.ts";
import { applyChanges, textDocument } from "../../../main/language/text-document.ts";
import type { Range } from "../../../protocol/language.ts";
import { openRoom, type Room } from "./steps.ts";

const ugly = `struct { __uint(type, BPF_MAP_TYPE_HASH); } m SEC(".maps");

SEC("xdp")
int f(struct xdp_md*ctx){
  if(ctx){ return 1; }
  return 2;
}

char _license[] SEC("license")="GPL";
`;
const kernel = `struct {
	__uint(type, BPF_MAP_TYPE_HASH);
} m SEC(".maps");

SEC("xdp")
int f(struct xdp_md *ctx)
{
	if (ctx) {
		return 1;
	}
	return 2;
}

char _license[] SEC("license") = "GPL";
`;

describe.skipIf(findTool("clang-format") === null)("formatting (skipped where clang-format is missing)", () => {
  let room: Room;
  beforeEach(() => {
    room = openRoom({}, "xdpw format ä ");
  });
  afterEach(() => room.close());

  const formatted = async (path: string, text: string, range: Range | null = null) => {
    const document = textDocument(text);
    const { edits, style } = await format(path, document, range, "kernel", new CancellationTokenSource().token);
    return { text: applyChanges(document, edits).document.text, edits, style };
  };

  it("is the kernel's style by default, and changes nothing the second time", async () => {
    const path = join(room.folder, "a.bpf.c");
    expect(await formatted(path, ugly)).toMatchObject({ text: kernel, style: null });
    expect((await formatted(path, kernel)).edits).toEqual([]);
  });

  it("is the style of the nearest .clang-format above", async () => {
    const folder = join(room.folder, "deep", "er");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(room.folder, ".clang-format"), "BasedOnStyle: GNU\n");
    const path = join(folder, "a.c");
    expect(styleFile(path)).toBe(join(room.folder, ".clang-format"));
    expect(await formatted(path, "int f(void){return 1;}\n")).toMatchObject({
      text: "int\nf (void)\n{\n  return 1;\n}\n",
      style: join(room.folder, ".clang-format"),
    });
  });

  it("of a range leaves the rest", async () => {
    const path = join(room.folder, "a.c");
    const range = { from: { line: 2, column: 1 }, to: { line: 3, column: 1 } };
    expect((await formatted(path, "int  a;\nint  b;\nint  c;\n", range)).text).toBe("int  a;\nint b;\nint  c;\n");
  });

  it("says what is wrong with a .clang-format", async () => {
    writeFileSync(join(room.folder, ".clang-format"), "BasedOnStyle: [nonsense\n");
    await expect(formatted(join(room.folder, "a.c"), ugly)).rejects.toThrow(/format: clang-format said: /);
  });

  it("is given up when it is not wanted any more", async () => {
    const source = new CancellationTokenSource();
    const waiting = format(join(room.folder, "a.c"), textDocument(ugly.repeat(2000)), null, "kernel", source.token);
    source.cancel();
    await expect(waiting).rejects.toThrow("format: cancelled");
  });
});
