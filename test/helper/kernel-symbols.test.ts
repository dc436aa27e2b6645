import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readKernelSymbols } from "../../helper/views/kernel-symbols.ts";

const folder = mkdtempSync(join(tmpdir(), "xdpwt-kallsyms-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function file(text: string): string {
  const path = join(folder, "kallsyms");
  writeFileSync(path, text);
  return path;
}

const table = `ffffffff81000000 T _stext
ffffffff81200000 T __bpf_call_base
ffffffff81200040 d some_data
ffffffff81200040 T bpf_xdp_adjust_head
ffffffff81a00000 T __x86_indirect_thunk_rax
ffffffff81a00200 T its_return_thunk
ffffffffc0000000 t module_thing\t[module]
`;

describe("names of kernel functions", () => {
  it("by the distance from __bpf_call_base, and of thunks", async () => {
    const found = await readKernelSymbols((base) => [base + 0x40n, base + 0x40n, base + 0x3ee0_0000n, 5n], file(table));
    expect(found.callBase).toBe(0xffff_ffff_8120_0000n);
    expect(new Map(found.named.map(({ address, name }) => [address.toString(16), name]))).toEqual(
      new Map([
        ["ffffffff81a00000", "__x86_indirect_thunk_rax"],
        ["ffffffff81a00200", "its_return_thunk"],
        ["ffffffff81200040", "bpf_xdp_adjust_head"],
        ["ffffffffc0000000", "module_thing"],
      ]),
    );
  });

  it("are none where the kernel hides addresses, or has no table", async () => {
    const nothing = { callBase: null, named: [] };
    const hidden = table.replace(/^[0-9a-f]{16}/gm, "0".repeat(16));
    expect(await readKernelSymbols(() => [1n], file(hidden))).toEqual(nothing);
    expect(await readKernelSymbols(() => [1n], file("ffffffff81000000 T _stext\n"))).toEqual(nothing);
    expect(await readKernelSymbols(() => [1n], join(folder, "none"))).toEqual(nothing);
  });
});
