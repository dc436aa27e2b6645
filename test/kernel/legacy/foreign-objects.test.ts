/** Objects built elsewhere: opened, and judged by the kernel like our own. */
import "vscode-jsonrpc/node";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { verifyInput } from "../../../main/verify/verify-input.ts";
import type { Verdict } from "../../../protocol/verify.ts";
import { buildHelper, failureOf, skipReason } from "../helper/harness.ts";
import { aya, compile, headers, license, modern, objcopy, reversed, without, withoutLines } from "./object-shapes.ts";

let helpers: HelperPool;
let folder = "";
let serial = 0;
beforeAll(async () => {
  if (skipReason !== "") return;
  await buildHelper();
  folder = mkdtempSync(join(tmpdir(), "xdpwt-foreign-"));
  helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
});
afterAll(async () => {
  await helpers?.close();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

function verify(object: Uint8Array): Promise<Verdict> {
  const path = join(folder, `object${++serial}.o`);
  writeFileSync(path, object);
  return verifyInput(helpers, { path, text: null });
}
const told = (verdict: Verdict): string =>
  [...verdict.diagnostics.map(({ message }) => message), ...verdict.programs.map(({ log }) => log)].join("\n");

const noBtf = `${headers}SEC("xdp") int plain(struct xdp_md *ctx) { return XDP_PASS; }\n${license}`;
const notXdpSection = (name: string) =>
  `${headers}SEC("${name}") int only(struct xdp_md *ctx) { return XDP_PASS; }\n${license}`;
const large = `${headers}SEC("xdp") int large(struct xdp_md *ctx) {
  __u64 sum = ctx->ingress_ifindex;
  asm volatile(".rept 60000; %0 += 1; .endr" : "+r"(sum));
  return sum & 1 ? XDP_PASS : XDP_DROP;
}
${license}`;
const many = `${headers}${Array.from({ length: 200 }, (_, index) => `SEC("xdp") int program${index}(struct xdp_md *ctx) { return ${index} % 5; }\n`).join("")}${license}`;

const accepted: readonly (readonly [string, () => Uint8Array, number])[] = [
  ["clang in one step, with DWARF", () => compile(modern), 2],
  ["stripped of DWARF, as bpf2go does", () => objcopy(compile(modern), ["-g"]), 2],
  ["without .BTF.ext", () => without(compile(modern), ".BTF.ext"), 2],
  [".BTF.ext without line records", () => withoutLines(compile(modern)), 2],
  ["without BTF", () => compile(noBtf, []), 1],
  ["sections in reverse order", () => reversed(compile(modern)), 2],
  ["sections in reverse order, without .BTF.ext", () => reversed(without(compile(modern), ".BTF.ext")), 2],
  ["a section in capitals", () => compile(notXdpSection("XDP")), 1],
  ["a section in capitals, without BTF", () => compile(notXdpSection("XDP"), []), 1],
  ["a section that says nothing", () => compile(notXdpSection("prog")), 1],
  ["60,000 instructions", () => compile(large), 1],
  ["200 programs", () => compile(many), 200],
  ["Aya's maps and names, without BTF", () => compile(aya, []), 1],
  ["Aya's maps and names, with BTF", () => compile(aya), 1],
  ["Aya's maps, in reverse order", () => reversed(compile(aya)), 1],
  [
    "Aya's maps, with BTF that does not tell of them",
    () => {
      const other = compile(`struct point { int x; }; int take(struct point *p) { return p->x; }`);
      return objcopy(without(compile(aya), ".BTF.ext", ".rel.BTF"), ["--update-section", ".BTF=other"], {
        other: btfOf(other),
      });
    },
    1,
  ],
];

/** the bytes of its .BTF, found by their magic number */
function btfOf(object: Buffer): Buffer {
  const at = object.indexOf(Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0]));
  return object.subarray(at, at + 24 + object.readUInt32LE(at + 16) + object.readUInt32LE(at + 20));
}

describe.skipIf(skipReason !== "")(`objects built elsewhere${skipReason === "" ? "" : `: ${skipReason}`}`, () => {
  it.each(accepted)("%s: every program is accepted", async (_, make, programs) => {
    const verdict = await verify(make());
    expect(verdict.accepted, told(verdict)).toBe(true);
    expect(verdict.programs).toHaveLength(programs);
    expect(verdict.diagnostics).toEqual([]);
  });

  it("says what it did for maps of the old form, and leaves the file", async () => {
    const object = compile(aya, []);
    const verdict = await verify(object);
    expect(verdict.build.notes.join("\n")).toMatch(
      /defines BLOCKLIST, EVENTS, JUMPS in section "maps".*JUMPS is not pinned/,
    );
    expect(verdict.build.maps).toMatchObject([
      { name: "BLOCKLIST", type: "hash", keySize: 4, valueSize: 4, maxEntries: 1024 },
      { name: "EVENTS", type: "perf_event_array", maxEntries: 0 },
      { name: "JUMPS", type: "prog_array", maxEntries: 8 },
    ]);
    expect(readFileSync(verdict.build.path).equals(object)).toBe(true);
  });

  it("a rejection without line records still has its class and the program's name", async () => {
    const bad = `${headers}SEC("xdp") int bad(struct xdp_md *ctx) { struct ethhdr *eth = (void *)(long)ctx->data; return eth->h_proto; }\n${license}`;
    for (const object of [compile(bad, []), without(compile(bad), ".BTF.ext"), withoutLines(compile(bad))]) {
      const verdict = await verify(object);
      expect(verdict.programs[0]?.rejection?.class).toBe("missing-bounds-check");
      expect(verdict.diagnostics[0]?.message).toContain("program bad");
    }
  });

  it("maps of the new form without BTF are refused for that", async () => {
    const verdict = await verify(compile(modern, []));
    expect(verdict.programs.map(({ rejection }) => rejection?.class)).toEqual(["missing-btf", "missing-btf"]);
  });

  it("an object of the other byte order is refused by name", async () => {
    const other = compile(`__attribute__((section("xdp"), used)) int f(void *ctx) { return 2; }`, ["-g"], "bpfeb");
    const failure = await failureOf(verify(other));
    expect(failure.message).toMatch(/endian|byte order/i);
  });
});
