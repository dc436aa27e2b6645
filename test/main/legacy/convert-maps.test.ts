import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits, convertLegacyMaps } from "../../../main/legacy/convert-maps.ts";
import { tokenise } from "../../../main/legacy/tokenise.ts";
import { legacyMaps } from "../../../protocol/legacy-maps.ts";

const include = "#include <bpf/bpf_helpers.h>\n";
/** with the include that brings the macros, which is taken off again */
function converted(source: string): string {
  const text = include + source;
  const result = convertLegacyMaps(text);
  expect(legacyMaps.parse(result)).toEqual(result);
  return applyEdits(text, result.edits).slice(include.length);
}
function reason(source: string): string {
  const [map] = convertLegacyMaps(include + source).maps;
  expect(map?.converts).toBe(false);
  expect(map?.edits).toEqual([]);
  return map?.explanation ?? "";
}

describe("a legacy map becomes a BTF-defined one", () => {
  it("field by field, with what stands around them", () => {
    expect(
      converted(`/* counters */
struct bpf_map_def SEC("maps") stats = { /* one an action */
	.type        = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size    = sizeof(__u32), // action
	.value_size  = sizeof(struct datarec),

	.max_entries = XDP_ACTION_MAX /* all */,
	.map_flags   = 0,
};
int after;
`),
    ).toBe(`/* counters */
struct { /* one an action */
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32); // action
	__type(value, struct datarec);

	__uint(max_entries, XDP_ACTION_MAX /* all */);
	__uint(map_flags, 0);
} stats SEC(".maps");
int after;
`);
  });

  it.each([
    [
      "attribute in front",
      `SEC("maps") struct bpf_map_def m = { .type = T };`,
      `struct { __uint(type, T); } m SEC(".maps");`,
    ],
    [
      "attribute behind",
      `struct bpf_map_def m SEC("maps") = { .type = T, };`,
      `struct { __uint(type, T); } m SEC(".maps");`,
    ],
    [
      "section of its own",
      `struct bpf_map_def SEC("maps/m") m = {.type=T};`,
      `struct {__uint(type, T);} m SEC(".maps");`,
    ],
    [
      "__section",
      `struct bpf_map_def __section("maps") m = {.type=T};`,
      `struct {__uint(type, T);} m __section(".maps");`,
    ],
    [
      "stringised",
      `struct bpf_map_def __section(maps) m = {.type=T};`,
      `struct {__uint(type, T);} m __section(.maps);`,
    ],
    ["macro", `struct bpf_map_def __section_maps m = {.type=T};`, `struct {__uint(type, T);} m SEC(".maps");`],
    [
      "attribute spelled out, static",
      `static struct bpf_map_def __attribute__((section("maps"), used)) m = {.type=T};`,
      `struct {__uint(type, T);} m __attribute__((section(".maps"), used));`,
    ],
    [
      "by position",
      `struct bpf_map_def SEC("maps") m = { BPF_MAP_TYPE_HASH, sizeof(int), sizeof(struct v), 7, 1 };`,
      `struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, struct v); __uint(max_entries, 7); __uint(map_flags, 1); } m SEC(".maps");`,
    ],
    [
      "position after a name",
      `struct bpf_map_def SEC("maps") m = { .type = T, 4, .max_entries = 7, 1 };`,
      `struct { __uint(type, T); __uint(key_size, 4); __uint(max_entries, 7); __uint(map_flags, 1); } m SEC(".maps");`,
    ],
    [
      "old designators",
      `struct bpf_map_def SEC("maps") m = { type: T };`,
      `struct { __uint(type, T); } m SEC(".maps");`,
    ],
    [
      "sizes of prog arrays stay",
      `struct bpf_map_def SEC("maps") m = { .type = BPF_MAP_TYPE_PROG_ARRAY, .key_size = sizeof(int) };`,
      `struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(key_size, sizeof(int)); } m SEC(".maps");`,
    ],
    [
      "computed sizes stay",
      `struct bpf_map_def SEC("maps") m = { .type = T, .value_size = sizeof(int) * 4 };`,
      `struct { __uint(type, T); __uint(value_size, sizeof(int) * 4); } m SEC(".maps");`,
    ],
    [
      "what no macro can hold stays",
      `struct bpf_map_def SEC("maps") m = { .type = T, .value_size = sizeof(m(a, b)) };`,
      `struct { __uint(type, T); __uint(value_size, sizeof(m(a, b))); } m SEC(".maps");`,
    ],
    [
      "sizeof a variable",
      `struct bpf_map_def SEC("maps") m = {.type=T, .key_size=sizeof k};`,
      `struct {__uint(type, T); __type(key, k);} m SEC(".maps");`,
    ],
    [
      "in a macro's body",
      `#define MAP(n, e) struct bpf_map_def SEC("maps") n##_map = { \\\n  .type = T, \\\n  .max_entries = e }\nMAP(a, 1);`,
      `#define MAP(n, e) struct { \\\n  __uint(type, T); \\\n  __uint(max_entries, e); } n##_map SEC(".maps")\nMAP(a, 1);`,
    ],
    [
      "conditions between whole fields",
      `struct bpf_map_def SEC("maps") m = {\n.type = T,\n#ifdef A\n.max_entries = 1\n#else\n.max_entries = 2\n#endif\n};`,
      `struct {\n__uint(type, T);\n#ifdef A\n__uint(max_entries, 1);\n#else\n__uint(max_entries, 2);\n#endif\n} m SEC(".maps");`,
    ],
    [
      "comments among the words",
      `struct bpf_map_def /* a */ SEC("maps") // b\n m = { .type /* c */ = T };`,
      `struct /* a */ // b\n{ __uint(type, /* c */ T); } m SEC(".maps");`,
    ],
    [
      "a parameter of the old type",
      `struct bpf_map_def SEC("maps") m = {.type=T};\nint f(struct bpf_map_def *map);`,
      `struct {__uint(type, T);} m SEC(".maps");\nint f(void *map);`,
    ],
  ])("%s", (_, before, after) => {
    expect(converted(before)).toBe(after);
  });

  it.each([
    ["the key's variable", ".key_size = 4", "__u32 k = 0; bpf_map_lookup_elem(&m, &k);", "__type(key, __u32)"],
    ["an array", ".key_size = 16", "__u8 k[16]; bpf_map_delete_elem(&m, k);", "__type(key, __u8[16])"],
    ["a pointer", ".key_size = 8", "struct in_addr x; __u64 *k; bpf_map_delete_elem(&m, k);", "__type(key, __u64)"],
    [
      "a struct of this text",
      ".value_size = 24",
      "struct v val; bpf_map_update_elem(&m, &k, &val, 0);",
      "__type(value, struct v)",
    ],
    ["the result", ".value_size = 24", "struct v *val = bpf_map_lookup_elem(&m, &k);", "__type(value, struct v)"],
    ["a cast", ".value_size = 8", "void *p = (__u64 *)bpf_map_lookup_elem(&m, &k);", "__type(value, __u64)"],
    ["a list", ".key_size = 4", "__u32 i = f(1, 2), k = 1; bpf_map_lookup_elem(&m, &k);", "__type(key, __u32)"],
    ["a macro's number", ".key_size = KEY", "int k; bpf_map_lookup_elem(&m, &k);", "__type(key, int)"],
    ["another size", ".key_size = 8", "__u32 k; bpf_map_lookup_elem(&m, &k);", "__uint(key_size, 8)"],
    ["a variable out of scope", ".key_size = 4", "{ int k; } bpf_map_lookup_elem(&m, &k);", "__uint(key_size, 4)"],
    ["another map", ".key_size = 4", "int k; bpf_map_lookup_elem(&n, &k);", "__uint(key_size, 4)"],
    [
      "a typedef behind the map",
      ".key_size = 4",
      "typedef int late; late k; bpf_map_lookup_elem(&m, &k);",
      "__uint(key_size, 4)",
    ],
  ])("types by use: %s", (_, field, use, expected) => {
    const text = `#define KEY 4
struct v { __u64 a; __u8 b; __u32 c[2]; };
struct bpf_map_def SEC("maps") m = { .type = BPF_MAP_TYPE_HASH, ${field} };
int f(struct xdp_md *ctx) { ${use} }`;
    expect(converted(text)).toContain(expected);
  });

  it("several, and each by itself", () => {
    const one = (name: string) => `struct bpf_map_def SEC("maps") ${name} = { .type = T };\n`;
    const text = include + one("a") + one("b");
    const { maps, edits } = convertLegacyMaps(text);
    expect(applyEdits(text, edits)).toBe(
      `${include}struct { __uint(type, T); } a SEC(".maps");\nstruct { __uint(type, T); } b SEC(".maps");\n`,
    );
    expect(maps.map(({ name, line, column, converts }) => ({ name, line, column, converts }))).toEqual([
      { name: "a", line: 2, column: 32, converts: true },
      { name: "b", line: 3, column: 32, converts: true },
    ]);
    expect(applyEdits(text, maps[1]?.edits ?? [])).toBe(
      `${include}${one("a")}struct { __uint(type, T); } b SEC(".maps");\n`,
    );
  });

  it("brings the macros along where the header that has them may be another one", () => {
    const text = `#include "bpf_helpers.h"\nstruct bpf_map_def SEC("maps") a = { .type = T };\nstruct bpf_map_def SEC("maps") b = { .type = T };\n`;
    const out = applyEdits(text, convertLegacyMaps(text).edits);
    expect(out.match(/#define __uint/g)).toHaveLength(1);
    expect(out.indexOf("#ifndef __uint")).toBe(text.indexOf("struct"));
  });

  it.each([
    ["an array", `struct bpf_map_def SEC("maps") m[2] = { {.type = 1}, {.type = 2} };`, "array of definitions"],
    ["no initialiser", `struct bpf_map_def SEC("maps") m;`, "not given where it is declared"],
    ["several at once", `struct bpf_map_def SEC("maps") m = {.type = T}, n = {.type = T};`, "several maps"],
    [
      "a field of another loader",
      `struct bpf_map_def SEC("maps") m = {.type = T, .inner_map_idx = 1};`,
      "inner_map_idx",
    ],
    ["too many values", `struct bpf_map_def SEC("maps") m = {1,2,3,4,5,6};`, "too many values"],
    ["no type", `struct bpf_map_def SEC("maps") m = {.max_entries = 1};`, "names no type"],
    ["twice", `struct bpf_map_def SEC("maps") m = {.type = T, .type = T};`, "given twice"],
    [
      "a condition within a value",
      `struct bpf_map_def SEC("maps") m = {.type =\n#ifdef A\n1\n#else\n2\n#endif\n};`,
      "conditions",
    ],
    ["iproute2's", `struct bpf_elf_map SEC("maps") m = {.type = T};`, "iproute2"],
  ])("left alone with a reason: %s", (_, source, words) => {
    expect(reason(source)).toContain(words);
  });

  it.each([
    "struct bpf_map_def { unsigned int type; };",
    "struct bpf_map_def m = { .type = 1 };",
    `// struct bpf_map_def SEC("maps") m = { .type = 1 };`,
    `char *s = "struct bpf_map_def SEC(\\"maps\\") m = {}";`,
    `struct { __uint(type, T); } m SEC(".maps"); struct bpf_map_def;`,
  ])("no legacy map: %s", (source) => {
    expect(convertLegacyMaps(source)).toEqual({ maps: [], edits: [] });
  });
});

const words = [
  ..."struct bpf_map_def bpf_elf_map static const SEC ( ) { } [ ] = , ; . : & * ## -> sizeof type key_size".split(" "),
  ..."value_size max_entries map_flags __u32 int m n 4 0x10 1u BPF_MAP_TYPE_HASH typedef void \\".split(" "),
  ...[`"maps"`, `SEC("maps")`, `"`, "'", "/*", "*/", "//", "\n", "\r\n", "#define X(a) ", "#ifdef A\n", " ", "é", "𝒳"],
  ...[`struct bpf_map_def SEC("maps") m = {`, "bpf_map_lookup_elem(&m, &k)", ".type = ", "};", "\\\n"],
];
const soup = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(" "));

describe("whatever the text is", () => {
  it("tokens lie in order within it, and cover all but comments and white space", () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (text) => {
        const { code, macros, comments } = tokenise(text);
        const all = [...code, ...macros.flatMap(({ body }) => body), ...comments].toSorted((a, b) => a.start - b.start);
        let at = 0;
        let between = "";
        for (const { start, end } of all) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          between += text.slice(at, start);
          at = end;
        }
        between += text.slice(at);
        expect(between.replace(/[ \t\v\f\r\n]|\\\r?\n/g, "")).toBe("");
      }),
      { numRuns: 500 },
    );
  });

  it("edits are in order and none lies over another; comments stay; a second time there is nothing to do", () => {
    fc.assert(
      fc.property(soup, (text) => {
        const { edits, maps } = convertLegacyMaps(text);
        for (const list of [edits, ...maps.map((map) => map.edits)]) {
          let at = 0;
          for (const { start, end } of list) {
            expect(start).toBeGreaterThanOrEqual(at);
            expect(end).toBeGreaterThanOrEqual(start);
            at = end;
          }
          expect(at).toBeLessThanOrEqual(text.length);
        }
        const out = applyEdits(text, edits);
        const remarks = (of: string): string[] => tokenise(of).comments.map(({ start, end }) => of.slice(start, end));
        expect(remarks(out).map((one) => one.trim())).toEqual(remarks(text).map((one) => one.trim()));
        expect(convertLegacyMaps(out).maps.filter(({ converts }) => converts)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
