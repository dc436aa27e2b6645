import { describe, expect, it } from "vitest";
import type { HelperPool } from "../../../main/helpers/helper-pool.ts";
import { viewDump } from "../../../main/views/view-dump.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { ProgramDump } from "../../../protocol/views.ts";

const never = (): never => {
  throw new Error("nobody is asked");
};
const helpers: HelperPool = {
  ...{ plain: never, elevated: never, elevatedIfFree: never, state: never, close: never },
};
/** exit, in either byte order */
const exit = Buffer.from([0x95, 0, 0, 0, 0, 0, 0, 0]);
const dump: ProgramDump = {
  ...{ id: 7, name: "whole", tag: "0011223344556677", xlated: exit.toString("base64"), jited: "", jitedBytes: 0 },
  ...{ jitedFunctions: [], lines: [], jitedLines: [], functions: [], maps: [], callBase: "4096", symbols: [] },
  ...{ btf: null, machine: "x64" },
};

async function failureOf(kind: "xlated" | "jited", parts: Partial<ProgramDump>) {
  try {
    await viewDump(helpers, { ...dump, ...parts }, kind, (file) => file);
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("what the kernel does not show", () => {
  it("of a program that it interprets", async () => {
    expect(await failureOf("jited", {})).toMatchObject({
      kind: "unsupported",
      message: expect.stringContaining("net.core.bpf_jit_enable"),
    });
  });

  it("where addresses are hidden, as nothing or as zeros", async () => {
    const hidden = { kind: "no-privilege", message: expect.stringContaining("kernel.kptr_restrict") };
    expect(await failureOf("jited", { jitedBytes: 40 })).toMatchObject(hidden);
    const zeros = Buffer.alloc(40).toString("base64");
    expect(await failureOf("jited", { jitedBytes: 40, jited: zeros })).toMatchObject(hidden);
    expect(await failureOf("xlated", { xlated: "" })).toMatchObject(hidden);
  });

  it("is said in notes where the code is there all the same", async () => {
    const view = await viewDump(helpers, { ...dump, callBase: null }, "xlated", (file) => file);
    expect(view.lines.map(({ text }) => text)).toEqual(["whole:", "  0: exit"]);
    expect(view.notes).toEqual([
      "the program was loaded without BTF: C lines are not known; build it with -g",
      "kernel.kptr_restrict hides addresses: helpers are not named",
    ]);
  });
});
