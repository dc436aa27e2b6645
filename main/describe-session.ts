/** What a window is told first: who, where, with which tools. */
import { readFileSync } from "node:fs";
import { homedir, release, userInfo } from "node:os";
import { join } from "node:path";
import type { Session } from "../protocol/session.ts";
import type { HelperPool } from "./helpers/helper-pool.ts";
import { programRoot } from "./paths.ts";

export async function describeSession(helpers: HelperPool, workspace: string): Promise<Session> {
  const toolchain = await (await helpers.plain()).request("toolchain.describe", {});
  // Where root needs no asking, the helper is up by the time that the first thing needs it.
  void helpers.elevatedIfFree();
  const warnings: string[] = [];
  if (toolchain.clang === null)
    warnings.push("clang is not installed: nothing can be built; install the package clang");
  if (toolchain.llc === null) warnings.push("llc is not installed: nothing can be built; install the package llvm");
  if (toolchain.sandbox === "none") {
    warnings.push("clang runs as root without a sandbox: install bubblewrap, or start the workbench as a normal user");
  }
  return {
    version: programVersion(),
    kernel: release(),
    user: userInfo().username,
    home: homedir(),
    workspace,
    toolchain,
    helper: helpers.state(),
    warnings,
  };
}

function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(programRoot(), "package.json"), "utf8")) as { version: string };
  return version;
}
