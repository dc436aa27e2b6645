/** The program as it is built, with a page of the test's own in place of the window. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../build/bundle.mjs";
import { repository } from "./launch.ts";

export interface ProgramFolder {
  readonly root: string;
  remove(): void;
}

/** What is built already is taken as it is: the set-up keeps it up to date. @param page its script, a module under the window's own content security policy */
export async function programWithPage(page: string): Promise<ProgramFolder> {
  const built = ["electron.js", "preload.cjs", "serve.js"].every((file) =>
    existsSync(join(repository, "dist/main", file)),
  );
  if (!built) await bundle(repository, ["electron", "preload", "serve"]);
  const root = mkdtempSync(join(tmpdir(), "xdpw-program-"));
  for (const file of ["electron.js", "preload.cjs", "serve.js"]) {
    cpSync(join(repository, "dist/main", file), join(root, "dist/main", file));
  }
  for (const folder of ["bpf-templates", "dist/helper", "dist/native"]) {
    if (existsSync(join(repository, folder))) symlinkSync(join(repository, folder), join(root, folder));
  }
  cpSync(join(repository, "package.json"), join(root, "package.json"));
  mkdirSync(join(root, "dist/renderer"));
  writeFileSync(
    join(root, "dist/renderer/index.html"),
    '<!doctype html><title>a page</title><div id="root"></div><script type="module" src="./page.js"></script>',
  );
  writeFileSync(join(root, "dist/renderer/page.js"), page);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
