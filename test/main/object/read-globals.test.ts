import fc from "fast-check";
import { expect, it } from "vitest";
import { describeGlobal, setGlobals, typedSections } from "../../../main/attach/describe-globals.ts";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { compileBpf, preamble } from "./compile-bpf.ts";

const source = `${preamble}
struct limits { __u32 low; __u16 high; };
const volatile __u64 wide = 0x0102030405060708;
const volatile char label[8] = "eth";
const __u32 folded[4] = { 1, 2, 3, 4 };
static const volatile __s16 below = -2;
__u32 first = 5; struct limits limits = { 7, 8 };
__u64 counted; static __u32 hidden;
int extra SEC(".data.extra") = -9;
enum mode { OFF, ON } mode = ON;
SEC("xdp") int use(struct xdp_md *ctx) {
  static __u32 local = 4;
  counted += wide + label[0] + below + limits.low + extra + mode; hidden++; local += first;
  return folded[ctx->data & 3] + hidden + local;
}`;

function sectionsOf(bytes: Uint8Array) {
  const read = inspectObject(bytes);
  return read.ok ? typedSections(bytes, read.object.btf) : [];
}

it.each(["bpfel", "bpfeb"] as const)("finds every variable with its place and value (%s)", (target) => {
  const sections = sectionsOf(compileBpf(source, { target }));
  const told = sections.flatMap((section) =>
    section.variables.map((variable) => describeGlobal(section, variable, null)),
  );
  const lines = told.map(({ section, name, type, bytes, value }) => [section, name, type, bytes, value]);
  expect(lines.toSorted((one, other) => String(one[1]).localeCompare(String(other[1])))).toEqual([
    [".rodata", "below", "__s16", 2, "-2"],
    [".bss", "counted", "__u64", 8, "0"],
    [".data.extra", "extra", "int", 4, "-9"],
    [".data", "first", "__u32", 4, "5"],
    [".rodata", "folded", "__u32[4]", 16, "[1,2,3,4]"],
    [".bss", "hidden", "__u32", 4, "0"],
    [".rodata", "label", "char[8]", 8, "eth"],
    [".data", "limits", "struct limits", 8, '{"low":7,"high":8}'],
    [".data", "mode", "enum mode", 4, "ON"],
    [".data", "use.local", "__u32", 4, "4"],
    [".rodata", "wide", "__u64", 8, "72623859790382856"],
  ]);
  expect(told.filter(({ readOnly }) => readOnly !== null).map(({ name }) => name)).toEqual(["folded"]);
});

it("writes what was typed and nothing beside it", () => {
  const sections = sectionsOf(compileBpf(source));
  const changed = setGlobals(sections, [
    { name: "label", value: "wlan0" },
    { name: "limits", value: '{"high":500}' },
  ]);
  expect([...changed.keys()].toSorted()).toEqual([".data", ".rodata"]);
  const after = sections.flatMap((section) => {
    const bytes = changed.get(section.name) ?? section.bytes;
    return section.variables.map((variable) => describeGlobal({ ...section, bytes }, variable, null));
  });
  const values = Object.fromEntries(after.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({
    label: "wlan0",
    limits: '{"low":7,"high":500}',
    first: "5",
    wide: "72623859790382856",
  });
  const untouched = sections.find(({ name }) => name === ".data");
  expect(untouched?.bytes).not.toEqual(changed.get(".data"));
});

it("answers damaged objects", () => {
  const real = compileBpf(source);
  const change = fc.tuple(fc.nat(real.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const damaged = new Uint8Array(real);
      for (const [at, value] of changes) damaged[at] = value;
      for (const section of sectionsOf(damaged)) {
        for (const variable of section.variables) describeGlobal(section, variable, null);
      }
    }),
    { numRuns: 300 },
  );
});
