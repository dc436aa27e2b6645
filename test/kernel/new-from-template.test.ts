/** Every template under other names: it builds without a warning, is accepted, and passes its packet tests. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { templatesRoot } from "../../main/paths.ts";
import { readTemplates } from "../../main/templates/list-templates.ts";
import { isRoot, needsRoot, openScene, type Scene } from "./cli/run-xdpw.ts";

let scene: Scene;
beforeAll(() => {
  scene = openScene();
});
afterAll(() => scene.end());

describe.each(readTemplates(templatesRoot()))("new from $id", ({ id, file }) => {
  test("with every name changed", async (context) => {
    context.skip(!isRoot, needsRoot);
    const names = file.names.map((name, index) => `${name.id}=mine_${index}`);
    const made = await scene.run("new", id, `copy-${id}`, ...names.flatMap((name) => ["--name", name]), "--json");
    expect(made.json).toMatchObject({ file: join(scene.folder, `copy-${id}`, file.program), notes: [] });

    const built = await scene.run("build", `copy-${id}/${file.program}`, "--json");
    const { diagnostics, programs, maps } = built.json as {
      diagnostics: unknown[];
      programs: { name: string }[];
      maps: { name: string }[];
    };
    expect(diagnostics).toEqual([]);
    expect(programs.map(({ name }) => name)).toEqual(["mine_0"]);
    const changed = file.names.slice(1).map((_name, index) => `mine_${index + 1}`);
    expect(maps.map(({ name }) => name)).toEqual(expect.arrayContaining(changed));

    expect((await scene.run("verify", `copy-${id}/${file.program}`)).status).toBe(0);
    const tested = await scene.run("test", `copy-${id}`, "--json");
    expect(tested.json).toMatchObject({ program: "mine_0", failed: 0 });
  });
});

test("refusals leave nothing and say what to do", async () => {
  const exists = await scene.run("new", "pass", ".");
  expect([exists.status, exists.err]).toEqual([1, expect.stringContaining("is there already")]);
  const word = await scene.run("new", "pass", "other", "--name", "program=while");
  expect([word.status, word.err]).toEqual([1, expect.stringContaining("it is a word of the C language")]);
  const form = await scene.run("new", "pass", "other", "--name", "while");
  expect([form.status, form.err]).toEqual([2, expect.stringContaining("give WHAT=NAME")]);
  expect((await scene.run("test", "other")).status).toBe(1);
});
