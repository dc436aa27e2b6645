/**
 * Sources in the shapes that public lessons have, old and new style: every program that the kernel can accept builds
 * with the default flags and is accepted, legacy maps after their conversion; what is refused says why and where.
 */
import "vscode-jsonrpc/node";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { applyEdits, convertLegacyMaps } from "../../../main/legacy/convert-maps.ts";
import { verifyInput } from "../../../main/verify/verify-input.ts";
import { buildInput } from "../../../main/build/build-input.ts";
import type { Verdict } from "../../../protocol/verify.ts";
import { buildHelper, skipReason } from "../helper/harness.ts";

const shapes = fileURLToPath(new URL("tutorial/", import.meta.url));
const paths = readdirSync(shapes, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.[ch]$/.test(path))
  .toSorted();
const sources = paths.filter((path) => path.endsWith(".c"));
const legacy = sources.filter((path) => holdsLegacy(path) && !path.startsWith("refused/"));
const good = sources.filter((path) => !path.startsWith("refused/"));

/** in the source itself or the one header that has such a map */
function holdsLegacy(path: string): boolean {
  return /struct bpf_map_def (?:__|SEC|\w+ SEC)|count_actions\.h/.test(readFileSync(join(shapes, path), "utf8"));
}

let helpers: HelperPool;
/** as they are, and as the code action leaves them */
let [before, after] = ["", ""];

beforeAll(async () => {
  if (skipReason !== "") return;
  await buildHelper();
  helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
  [before, after] = [mkdtempSync(join(tmpdir(), "xdpwt-old-")), mkdtempSync(join(tmpdir(), "xdpwt-New Style-"))];
  for (const folder of [before, after]) cpSync(shapes, folder, { recursive: true });
  for (const path of paths) {
    const file = join(after, path);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, applyEdits(text, convertLegacyMaps(text).edits));
  }
});
afterAll(async () => {
  await helpers?.close();
  for (const folder of [before, after]) if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

const verify = (folder: string, path: string): Promise<Verdict> =>
  verifyInput(helpers, { path: join(folder, path), text: null });

/** what went wrong, for the report of a test */
const told = ({ diagnostics, programs }: Verdict): string =>
  [
    ...diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ...programs.map(({ name, log }) => `${name}: ${log.slice(-600)}`),
  ].join("\n");

/** The line of a source that carries such a remark. */
function lineOf(path: string, remark: string): number {
  return (
    readFileSync(join(shapes, path), "utf8")
      .split("\n")
      .findIndex((line) => line.includes(`/* ${remark} */`)) + 1
  );
}

it("there are more than twenty, most of them legacy", () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(legacy.length).toBeGreaterThan(12);
});

describe.skipIf(skipReason !== "")(`shapes of lessons${skipReason === "" ? "" : `: ${skipReason}`}`, () => {
  it.each(legacy)("%s: its legacy maps are found at their lines, before a load", async (path) => {
    const verdict = await verify(before, path);
    expect(verdict.accepted).toBe(false);
    const found = verdict.diagnostics.filter(({ severity }) => severity === "error");
    expect(new Set(found.map((finding) => finding.class)), told(verdict)).toEqual(new Set(["legacy-map"]));
    for (const { file, line, message } of found) {
      const text = readFileSync(file, "utf8").split("\n")[line - 1] ?? "";
      expect(text, `${file}:${line}`).toMatch(/struct bpf_map_def/);
      expect(message).toContain("libbpf 1.0 and later refuse");
    }
  });

  it.each(good)("%s: every program is accepted", async (path) => {
    const verdict = await verify(after, path);
    const found = new Set(verdict.diagnostics.map(({ severity }) => severity));
    expect(found, told(verdict)).toEqual(new Set(path.startsWith("warned/") ? ["warning"] : []));
    expect(verdict.programs.length).toBeGreaterThan(0);
    expect(
      verdict.programs.filter(({ accepted }) => !accepted).map(({ name }) => name),
      told(verdict),
    ).toEqual([]);
    expect(verdict.accepted).toBe(true);
  });

  it.each(legacy)("%s: built one way or the other, its maps are the same", async (path) => {
    const file = join(before, path);
    // libbpf's header has the struct no more: as with the header of that time
    const struct = "struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };\n";
    const text = readFileSync(file, "utf8");
    const old = text.includes('"bpf_helpers.h"') ? text : `${struct}${text}`;
    const [then, now] = await Promise.all([
      buildInput(helpers.plain, { path: file, text: old }),
      buildInput(helpers.plain, { path: join(after, path), text: null }),
    ]);
    const facts = (
      maps: readonly {
        name: string;
        typeNumber: number;
        keySize: number;
        valueSize: number;
        maxEntries: number;
        flags: number;
      }[],
    ) =>
      maps
        .map(({ name, typeNumber, keySize, valueSize, maxEntries, flags }) => ({
          name,
          typeNumber,
          keySize,
          valueSize,
          maxEntries,
          flags,
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const held = then.object?.contents.legacyMaps ?? [];
    expect(held.length, then.build.diagnostics.map(({ message }) => message).join("\n")).toBeGreaterThan(0);
    const global = (now.object?.contents.maps ?? []).filter(({ name }) => !name.startsWith("."));
    expect(facts(global)).toEqual(facts(held));
  });

  it("what nobody takes says why, at its line; its neighbours are judged", async () => {
    const path = "refused/xdp_refused_kern.c";
    const verdict = await verify(after, path);
    expect(verdict.accepted).toBe(false);
    expect(
      verdict.programs.map(({ name, accepted, rejection }) => [
        name,
        accepted,
        rejection?.class ?? null,
        rejection?.line ?? 0,
      ]),
    ).toEqual([
      ["good", true, null, 0],
      ["unchecked", false, "missing-bounds-check", lineOf(path, "missing-bounds-check")],
      ["marked", false, "unknown-section", lineOf(path, "unknown-section")],
    ]);
  });

  it("a map of iproute2's is said to be one", async () => {
    const path = "refused/iproute_kern.c";
    const verdict = await verify(after, path);
    expect(verdict.accepted).toBe(false);
    expect(verdict.diagnostics.map(({ file, line, class: kind }) => [relative(after, file), line, kind])).toEqual([
      [path, lineOf(path, "legacy-map"), "legacy-map"],
    ]);
    expect(verdict.diagnostics[0]?.message).toContain("iproute2");
  });
});
