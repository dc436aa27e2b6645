import { describe, expect, it } from "vitest";
import { parseClang } from "../../../helper/toolchain/diagnostics.ts";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { rejectionClasses } from "../../../main/verify/classify-rejection.ts";
import { diagnose } from "../../../main/verify/diagnose.ts";
import { explainBuild } from "../../../main/verify/explain-build.ts";
import { badPrograms, compileBad, loadBad } from "./load-program.ts";

const unavailable = process.getuid?.() === 0 ? null : "needs root";
const programs = badPrograms();

/** Classes that nothing on this machine brings about, and why. */
const notHere: Readonly<Record<string, string>> = {
  "back-edge": "the kernel refuses loops only to programs without CAP_BPF, and XDP needs CAP_BPF",
};

describe("the collection of bad programs", () => {
  it("has one for every class", () => {
    const covered = new Set([...programs.map((program) => program.class), ...Object.keys(notHere)]);
    expect(rejectionClasses.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
    expect(covered.size).toBeGreaterThanOrEqual(25);
  });
});

describe.skipIf(unavailable)("what this kernel rejects", () => {
  it.each(programs)("$name: class and C line", async (program) => {
    const { bytes, errors } = compileBad(program);
    if (bytes === null) {
      const found = parseClang(errors, program.path).map(explainBuild);
      expect(found).toContainEqual(expect.objectContaining({ class: program.class, line: program.line }));
      return;
    }
    const refusal = await loadBad(bytes, program.grants);
    expect(refusal, "the kernel accepts it").not.toBeNull();
    if (refusal === null) return;
    const inspected = inspectObject(bytes, "bad.o");
    const object = inspected.ok ? inspected.object : null;
    const { rejection, diagnostic } = diagnose({ ...refusal, object, bytes, program: "prog", source: program.text });
    if (process.env["SHOW"]) console.log(JSON.stringify({ name: program.name, ...rejection }, null, 1));
    const said = `${refusal.log.slice(-1500)}\n${refusal.libbpf}`;
    expect({ class: rejection.class, line: rejection.line }, said).toEqual({
      class: program.class,
      line: program.line,
    });
    expect(diagnostic).toMatchObject({ class: program.class, line: program.line, severity: "error" });
    expect(diagnostic.message).toContain(rejection.telling);
    expect(rejection.explanation.length).toBeGreaterThan(20);
    expect(`${rejection.explanation} ${rejection.fix} ${rejection.snippet}`).not.toMatch(
      /(?<!is )undefined(?! behaviour)|NaN|\[object/,
    );
  });
});
