import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { helperManuals } from "../../../main/language/bpf/helper-manual.ts";
import { checkSource } from "../../../main/language/bpf/check-source.ts";
import { textDocument } from "../../../main/language/text-document.ts";
import { templatesRoot } from "../../../main/paths.ts";
import { readTemplates } from "../../../main/templates/list-templates.ts";
import { compile, loading, native, unavailable } from "./support.ts";

/** A program that calls a helper with nothing that it would take. */
const calling = (id: number) =>
  compile(`
static long (*helper)(void) = (void *) ${id};
SEC("xdp") int xdpwt_call(struct xdp_md *ctx) { return helper(); }
`);

describe.skipIf(unavailable)("helpers of XDP programs", () => {
  const { allowed, gplOnly, last } = native.xdpHelpers();

  it("are those that everybody uses, and none that need a socket buffer", () => {
    const idOf = (name: string) => helperManuals().get(name)?.id ?? 0;
    for (const name of ["bpf_map_lookup_elem", "bpf_redirect_map", "bpf_xdp_adjust_head", "bpf_fib_lookup"]) {
      expect([name, allowed.includes(idOf(name))]).toEqual([name, true]);
    }
    for (const name of ["bpf_skb_load_bytes", "bpf_clone_redirect", "bpf_msg_redirect_map", "bpf_override_return"]) {
      expect([name, allowed.includes(idOf(name))]).toEqual([name, false]);
    }
    expect(gplOnly).toContain(idOf("bpf_trace_printk"));
    expect(gplOnly).not.toContain(idOf("bpf_map_lookup_elem"));
    expect(gplOnly.every((id) => allowed.includes(id))).toBe(true);
    expect(last).toBeGreaterThan(100);
    expect(allowed.at(-1)).toBeLessThanOrEqual(last);
  });

  it("are all that the templates call; another is flagged before the kernel is asked", () => {
    const probe = { allowed: new Set(allowed), gplOnly: new Set(gplOnly), last, release: "this" };
    const check = (text: string) =>
      checkSource(textDocument(text), { manuals: helperManuals(), probe, included: null });
    for (const { folder, file } of readTemplates(templatesRoot())) {
      expect(check(readFileSync(join(folder, file.program), "utf8"))).toEqual([]);
    }
    const source = `SEC("xdp") int f(struct xdp_md *ctx)\n{ return bpf_skb_load_bytes(ctx, 0, 0, 0); }`;
    expect(check(source)).toMatchObject([
      {
        code: "helper-not-for-xdp",
        severity: "error",
        range: { from: { line: 2, column: 10 }, to: { line: 2, column: 28 } },
        message: expect.stringContaining("socket buffer (skb)"),
      },
    ]);
  });

  it("are refused by the kernel itself where the list says so", async () => {
    await expect(native.loadObject(loading(calling(26), "xdpwt_call"))).rejects.toMatchObject({
      log: expect.stringMatching(/cannot use helper|unknown func/),
    });
  });
});
