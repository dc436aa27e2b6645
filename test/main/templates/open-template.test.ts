import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { template } from "../../../protocol/source.ts";
import { templatesRoot } from "../../../main/paths.ts";
import { listTemplates, readTemplates } from "../../../main/templates/list-templates.ts";
import { openTemplate } from "../../../main/templates/open-template.ts";
import { failureOf, temporaryFolder } from "../source/temporary-folder.ts";

const root = templatesRoot();

describe("templates", () => {
  test("all are listed in their order, in the form of the wire", () => {
    const listed = listTemplates(root);
    expect(listed.map(({ id }) => id).slice(0, 5)).toEqual([
      "pass",
      "drop",
      "packet-counters",
      "header-parser",
      "ipv4-blocklist",
    ]);
    expect(listed).toHaveLength(16);
    for (const each of listed) template.parse(each);
  });

  test.each(readTemplates(root).map(({ id }) => id))("%s is copied once, then it is the user's", async (id) => {
    const workspace = temporaryFolder();
    const opened = await openTemplate(root, workspace, id);
    expect(opened.path.startsWith(join(workspace, id))).toBe(true);
    expect(statSync(opened.path).mode & 0o200).toBe(0o200);
    writeFileSync(opened.path, "// mine");
    expect((await openTemplate(root, workspace, id)).text).toBe("// mine");
  });

  test("what the user deleted comes back, what they changed stays", async () => {
    const workspace = temporaryFolder();
    const { path, text } = await openTemplate(root, workspace, "drop");
    writeFileSync(join(workspace, "drop/README.md"), "mine");
    rmSync(path);
    expect((await openTemplate(root, workspace, "drop")).text).toBe(text);
    expect(readFileSync(join(workspace, "drop/README.md"), "utf8")).toBe("mine");
    expect(readdirSync(join(workspace, "drop")).sort()).toEqual(readdirSync(join(root, "drop")).sort());
  });

  test("two windows that open the same one at once", async () => {
    const workspace = temporaryFolder();
    const texts = await Promise.all([1, 2, 3].map(() => openTemplate(root, workspace, "pass")));
    expect(new Set(texts.map(({ version }) => version)).size).toBe(1);
  });

  test.each(["nothing", "../build", "LICENSES", "", "pass/"])("there is no template called %j", async (id) => {
    const workspace = temporaryFolder();
    expect(await failureOf(openTemplate(root, workspace, id))).toMatchObject({ kind: "not-found", name: id });
    expect(readdirSync(workspace)).toEqual([]);
  });

  test("a workspace that is a file", async () => {
    const workspace = join(temporaryFolder(), "file");
    writeFileSync(workspace, "");
    expect(await failureOf(openTemplate(root, workspace, "pass"))).toMatchObject({ kind: "file" });
  });
});
