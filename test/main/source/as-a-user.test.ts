/** What modes forbid is only forbidden to a user who is not root: these run as one, in a process of their own. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

describe("a normal user", () => {
  test("cannot save into a read-only folder or over a read-only file, and both stay whole", async (context) => {
    if (!isRoot) context.skip("not root: root runs this as another user");
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const reached = spawnSync("test", ["-x", folder], { uid: nobody, gid: nobody, cwd: "/" }).status === 0;
    if (!reached) context.skip("the checkout lies in a folder that other users cannot enter");
    await build({
      stdin: {
        contents: `
          import { saveSource } from "./main/source/save-source.ts";
          const answers = [];
          for (const path of process.argv.slice(2)) {
            answers.push(await saveSource({ path, text: "new", basedOn: null }).then(() => "saved", (error) => error.failure));
          }
          console.log(JSON.stringify(answers));
        `,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: join(folder, "save.mjs"),
      logLevel: "error",
    });
    const [readOnly, own] = [join(folder, "read-only"), join(folder, "own")];
    for (const each of [readOnly, own]) mkdirSync(each);
    const [inside, locked, free] = [join(readOnly, "a.c"), join(own, "locked.c"), join(own, "free.c")];
    for (const path of [inside, locked, free]) {
      writeFileSync(path, "old");
      chownSync(path, nobody, nobody);
    }
    chownSync(own, nobody, nobody);
    chmodSync(locked, 0o444);
    const answers: unknown = JSON.parse(
      execFileSync(process.execPath, [join(folder, "save.mjs"), inside, locked, free], {
        uid: nobody,
        gid: nobody,
        cwd: "/",
        encoding: "utf8",
      }),
    );
    expect(answers).toEqual([
      expect.objectContaining({ kind: "file", code: "EACCES", path: inside }),
      expect.objectContaining({ kind: "file", code: "EACCES", path: locked }),
      "saved",
    ]);
    expect([inside, locked, free].map((path) => readFileSync(path, "utf8"))).toEqual(["old", "old", "new"]);
  });
});
