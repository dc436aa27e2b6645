import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callAt } from "../../../main/language/bpf/call-at.ts";
import { checkSource, type Known } from "../../../main/language/bpf/check-source.ts";
import { completeSection, helperItem } from "../../../main/language/bpf/complete-bpf.ts";
import { parameterName, parseHelperManuals } from "../../../main/language/bpf/helper-manual.ts";
import { helperMarkdown, manualMarkdown } from "../../../main/language/bpf/manual-markdown.ts";
import { includedLicense } from "../../../main/language/bpf/included-license.ts";
import { type HelperProbe, probeHelpers } from "../../../main/language/bpf/probe-helpers.ts";
import { blanked, callsOf, licenseOf, sectionsOf } from "../../../main/language/bpf/scan-source.ts";
import { isProgramSection, nearestSection, sectionNames } from "../../../main/language/bpf/sections.ts";
import { textDocument } from "../../../main/language/text-document.ts";

const header = `/* made by hand */
struct xdp_md;

/*
 * bpf_good
 *
 * 	Does *what* it says with **BPF_ANY**, see **bpf_other**\\ ().
 *
 * 	**BPF_FIRST**
 * 		The first.
 *
 * Returns
 * 	0 on success, < 0 otherwise.
 */
static long (*bpf_good)(void *map, const void *what, ...) = (void *) 1;

/*
 * bpf_other
 *
 * 	Newer headers say const.
 */
static struct bpf_sock *(* const bpf_other)(void) = (void *) 2;

static long (*bpf_gpl)(const char *fmt, __u32 size) = (void *) 6;
static long (*bpf_far)(long (*callback)(int, int), __u64 flags) = (void *) 900;
`;
const manuals = parseHelperManuals(header);
const probe: HelperProbe = { allowed: new Set([1, 6]), gplOnly: new Set([6]), last: 211, release: "6.18" };

function helper(name: string) {
  const found = manuals.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe("the manual of the helpers", () => {
  it("reads numbers, prototypes and texts, of both forms of declaration", () => {
    expect([...manuals.keys()]).toEqual(["bpf_good", "bpf_other", "bpf_gpl", "bpf_far"]);
    expect(helper("bpf_good")).toMatchObject({
      id: 1,
      prototype: "long bpf_good(void *map, const void *what, ...)",
      parameters: ["void *map", "const void *what", "..."],
    });
    expect(helper("bpf_other")).toMatchObject({ id: 2, prototype: "struct bpf_sock *bpf_other(void)", parameters: [] });
    expect(helper("bpf_far").parameters).toEqual(["long (*callback)(int, int)", "__u64 flags"]);
    expect(["int x", "void *map", "...", "char a[2]", "long (*callback)(int, int)"].map(parameterName)).toEqual([
      "x",
      "map",
      "...",
      "a",
      "callback",
    ]);
    expect(helper("bpf_gpl").text).toBe("");
  });

  it("shows them as Markdown", () => {
    expect(manualMarkdown(helper("bpf_good").text)).toBe(
      [
        "Does `what` it says with `BPF_ANY`, see `bpf_other`().",
        "",
        "- **BPF_FIRST** The first.",
        "",
        "**Returns**",
        "",
        "0 on success, \\< 0 otherwise.",
      ].join("\n"),
    );
    expect(helperMarkdown(helper("bpf_gpl"), probe)).toContain("only for programs with a GPL-compatible license");
    expect(helperMarkdown(helper("bpf_other"), probe)).toContain("**not for XDP on this kernel (6.18)**");
    expect(helperMarkdown(helper("bpf_far"), probe)).toContain("**not in this kernel (6.18)**");
    expect(helperMarkdown(helper("bpf_other"), null)).not.toContain("not for XDP");
  });

  it("is total", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.nat(header.length), (noise, at) => {
        parseHelperManuals(header.slice(0, at) + noise + header.slice(at));
        manualMarkdown(noise);
      }),
    );
  });

  it("marks what an XDP program may not call, and puts it last", () => {
    const place = { replace: { from: { line: 1, column: 1 }, to: { line: 1, column: 4 } }, sort: "x", called: false };
    const good = helperItem(helper("bpf_good"), probe, place);
    const other = helperItem(helper("bpf_other"), probe, place);
    expect(good).toMatchObject({ note: "", insert: "bpf_good(${1:map}, ${2:what})$0", snippet: true });
    expect(other).toMatchObject({ note: "not for XDP on this kernel (6.18)" });
    expect(good.sort < other.sort).toBe(true);
    expect(helperItem(helper("bpf_good"), probe, { ...place, called: true })).toMatchObject({
      insert: "bpf_good",
      snippet: false,
    });
  });
});

describe("asking the kernel", () => {
  it("asks once a boot, keeps the answer, and knows nothing without privilege", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xdpw-probe-"));
    try {
      expect(await probeHelpers({ folder, boot: "a", ask: async () => null })).toBeNull();
      let asked = 0;
      const ask = async () => {
        asked++;
        return { allowed: [1, 2], gplOnly: [2], last: 9 };
      };
      const first = await probeHelpers({ folder, boot: "a", ask });
      const second = await probeHelpers({ folder, boot: "a", ask });
      expect(second).toEqual(first);
      expect([...(second?.gplOnly ?? [])]).toEqual([2]);
      await probeHelpers({ folder, boot: "b", ask });
      expect(asked).toBe(2);
      writeFileSync(join(folder, "xdp-helpers.json"), '{"boot":"b","allowed":["x"]}');
      await probeHelpers({ folder, boot: "b", ask });
      expect(asked).toBe(3);
      expect(JSON.parse(readFileSync(join(folder, "xdp-helpers.json"), "utf8"))).toMatchObject({ boot: "b", last: 9 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("reading a source", () => {
  it("blanks comments and strings and keeps every offset", () => {
    const text = 'a /* " */ b // "\nc "/* \\" */" d \'"\' e "open\nf';
    expect(blanked(text, false)).toBe('a         b     \nc "/* \\" */" d \'"\' e "open\nf');
    expect(blanked(text, true)).toBe('a         b     \nc "        " d \' \' e "    \nf');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "'", "/", "*", "\\", "\n", "a", "ä", "😀") }), (noise) => {
        for (const strings of [true, false]) {
          const out = blanked(noise, strings);
          expect(out.length).toBe(noise.length);
          expect(out.split("\n").length).toBe(noise.split("\n").length);
        }
      }),
    );
  });

  it("finds sections and what they are given to", () => {
    const code = [
      'SEC("xdp") int a(void) { return 1; }',
      'SEC("kprobe/x")\nint __attribute__((unused)) b(struct pt_regs *ctx)\n{',
      'struct { int x; } m SEC(".maps");',
      'char l[] SEC("license") = "GPL";',
      'SEC("xdp_x") int c(struct xdp_md *ctx);',
      'SEC("tc")',
    ].join("\n");
    expect(sectionsOf(code).map(({ name, of }) => [name, of])).toEqual([
      ["xdp", "function"],
      ["kprobe/x", "function"],
      [".maps", "variable"],
      ["license", "variable"],
      ["xdp_x", "function"],
      ["tc", null],
    ]);
  });

  it("finds licenses and calls", () => {
    expect(licenseOf('char l[] SEC("license") = "Dual BSD/GPL";')?.value).toBe("Dual BSD/GPL");
    expect(licenseOf('char l[] SEC("license") = LICENSE;')).toMatchObject({ value: null });
    expect(licenseOf("int x;")).toBeNull();
    const code = '#define x bpf_gpl(1)\nint f(void) { bpf_gpl (1); return "bpf_gpl(2)"[0]; }';
    expect(callsOf(blanked(code, true)).map(({ name, from }) => [name, code.slice(from, from + 7)])).toEqual([
      ["bpf_gpl", "bpf_gpl"],
    ]);
  });

  it("tells the call around the cursor and the argument in it", () => {
    const at = (text: string) => callAt(text.replace("|", ""), text.indexOf("|"));
    expect(at("f(a, g(b, c), |")).toEqual({ name: "f", argument: 2 });
    expect(at("f(a, g(b, |")).toEqual({ name: "g", argument: 1 });
    expect(at('f("a,b(", |')).toEqual({ name: "f", argument: 1 });
    expect(at("f(a); |")).toBeNull();
    expect(at("if (x) { |")).toBeNull();
    expect(at("|")).toBeNull();
  });
});

describe("sections", () => {
  it("knows those of libbpf, with what may follow", () => {
    for (const name of [
      "xdp",
      "xdp.frags/devmap",
      "?xdp",
      "tc",
      "kprobe/do_nanosleep",
      "fentry.s/x",
      "cgroup/connect4",
    ]) {
      expect([name, isProgramSection(name)]).toEqual([name, true]);
    }
    for (const name of ["xdp1", "xdp/foo", "xdp_icmp_echo", "XDP", "license", "", "tc/foo", "kprobes/x"]) {
      expect([name, isProgramSection(name)]).toEqual([name, false]);
    }
    expect(nearestSection("xdpp")).toBe("xdp");
    expect(nearestSection("something")).toBeNull();
    expect(new Set(sectionNames.map(({ name }) => name)).size).toBe(sectionNames.length);
  });

  it('completes inside SEC("…") only, and replaces what stands there', () => {
    const line = 'SEC("xd.x") int f';
    const items = completeSection(textDocument(line), { line: 1, column: 8 }) ?? [];
    expect(items[0]).toMatchObject({
      label: "xdp",
      replace: { from: { line: 1, column: 6 }, to: { line: 1, column: 10 } },
    });
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining([".maps", "license", "kprobe/…"]));
    expect(completeSection(textDocument(line), { line: 1, column: 12 })).toBeNull();
    expect(completeSection(textDocument('printf("xdp")'), { line: 1, column: 10 })).toBeNull();
  });
});

describe("findings of our own", () => {
  const known: Known = { manuals, probe, included: null };
  const check = (text: string, more: Partial<Known> = {}) =>
    checkSource(textDocument(text), { ...known, ...more }).map(
      ({ code, severity, range }) => `${severity} ${code} ${range.from.line}:${range.from.column}`,
    );
  const call = "int f(void)\n{\n\treturn bpf_gpl(0, 0);\n}\n";

  it("flags a GPL-only helper without a license, and with one that is not compatible", () => {
    expect(check(call)).toEqual(["error gpl-only-helper 3:9"]);
    expect(check(`${call}char l[] SEC("license") = "Proprietary";`)).toEqual(["error gpl-only-helper 3:9"]);
    expect(check(`${call}char l[] SEC("license") = "Apache-2.0"; // SEC("license") = "GPL"`)).toHaveLength(1);
    expect(check(call, { probe: null })).toHaveLength(1);
  });

  it.each(["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"])(
    "takes %s",
    (license) => expect(check(`${call}char l[] SEC("license") = "${license}";`)).toEqual([]),
  );

  it("says nothing where it cannot know, or where no such helper is called", () => {
    expect(check(`${call}char l[] SEC("license") = LICENSE;`)).toEqual([]);
    expect(check(call, { included: "GPL" })).toEqual([]);
    expect(check(call, { included: "" })).toEqual([]);
    expect(check("int f(void) { return bpf_good(0, 0); }")).toEqual([]);
    expect(check("/* bpf_gpl(0, 0) */ int f(void) { return 0; }")).toEqual([]);
  });

  describe("helpers that XDP may not call", () => {
    const gpl = 'char l[] SEC("license") = "GPL";\n';
    const xdp = (body: string): string => `${gpl}SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\treturn ${body};\n}\n`;

    it("in an XDP program, and newer than the kernel", () => {
      expect(check(xdp("bpf_other(0)"))).toEqual(["error helper-not-for-xdp 5:9"]);
      expect(check(xdp("bpf_far(0)"))).toEqual(["warning helper-missing 5:9"]);
      expect(checkSource(textDocument(xdp("bpf_other(0)")), known)[0]?.message).toMatch(
        /^bpf_other is not for XDP on this kernel \(6\.18\): /,
      );
      expect(check(xdp("bpf_good(0, 0) + bpf_gpl(0, 0)"))).toEqual([]);
    });

    it("not where the kernel was not asked, nor in comments, strings and names that are none", () => {
      expect(check(xdp("bpf_other(0)"), { probe: null })).toEqual([]);
      expect(check(xdp('g("bpf_other(0)") /* bpf_other(0) */ + bpf_others(0)'))).toEqual([]);
    });

    const tc = 'SEC("tc")\nint t(struct __sk_buff *skb)\n{\n\treturn bpf_other(0);\n}\n';
    const shared = "static int s(void)\n{\n\treturn bpf_other(0);\n}\n";

    it("not in a program of another kind beside it, nor in a function that both may call", () => {
      expect(check(xdp("s()") + tc + shared)).toEqual([]);
      expect(check(xdp("bpf_other(1)") + tc)).toEqual(["error helper-not-for-xdp 5:9"]);
      expect(check(gpl + shared)).toEqual([]);
    });

    it("in a function of a source whose programs are all XDP, whatever their sections are called", () => {
      expect(check(xdp("s()") + shared)).toEqual(["error helper-not-for-xdp 9:9"]);
      const old = xdp("bpf_other(0)").replace('"xdp"', '"xdp_prog7"');
      expect(check(old)).toEqual(["warning unknown-section 2:6", "error helper-not-for-xdp 5:9"]);
      expect(check(xdp("bpf_other(0)").replace('"xdp"', '"prog"'))).toContain("error helper-not-for-xdp 5:9");
    });

    it("in a program that is being typed, and in one with braces in its strings", () => {
      expect(check(`${gpl}SEC("xdp") int f(struct xdp_md *c) { if (1) { bpf_other(0)`)).toEqual([
        "error helper-not-for-xdp 2:47",
      ]);
      expect(check(`${xdp('g("}}}")')}${tc}`)).toEqual([]);
    });
  });

  it("flags section names that libbpf does not know", () => {
    expect(check('SEC("xdp_x")\nint f(void)\n{\n}')).toEqual(["warning unknown-section 1:6"]);
    expect(check('SEC("xpd") int f(void) { }')).toEqual(["error unknown-section 1:6"]);
    expect(checkSource(textDocument('SEC("xpd") int f(void) { }'), known)[0]?.message).toContain('did you mean "xdp"?');
    expect(check('int x SEC(".data.own") = 1; struct { int a; } m SEC("maps") = {};')).toEqual([]);
  });

  it("reads the license of a header beside the source", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xdpw-license-"));
    try {
      writeFileSync(join(folder, "a.h"), '#include "b.h"\n');
      writeFileSync(join(folder, "b.h"), '#include "a.h"\nchar l[] SEC("license") = "GPL";\n');
      writeFileSync(join(folder, "c.h"), '#include "c.h"\n');
      const source = join(folder, "x.c");
      expect(await includedLicense(source, '#include "a.h"')).toBe("GPL");
      expect(await includedLicense(source, '#include "c.h"')).toBeNull();
      expect(await includedLicense(source, '#include "elsewhere.h"')).toBe("");
      expect(await includedLicense(source, "#include <linux/bpf.h>")).toBeNull();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
