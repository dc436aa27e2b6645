/** Which compiler builds here, and how it is confined. */
import type { Toolchain } from "../../protocol/build.ts";
import type { HelperContext } from "../context.ts";
import { run } from "../run.ts";
import { findTools, searchIn, type Tool } from "./find.ts";
import { sandboxKind } from "./sandbox.ts";

export async function describeToolchain(context: Pick<HelperContext, "ledger" | "environment">): Promise<Toolchain> {
  const tools = await findTools(searchIn(context.environment));
  const [clang, llc, sandbox] = await Promise.all([
    versionLine(context, tools.clang),
    versionLine(context, tools.llc),
    sandboxKind(context),
  ]);
  return { clang, llc, sandbox };
}

/** the first line that names a version, such as "Debian clang version 14.0.6" */
async function versionLine(
  { ledger, environment }: Pick<HelperContext, "ledger" | "environment">,
  tool: Tool | null,
): Promise<string | null> {
  if (tool === null) return null;
  try {
    const text = (await run({ ledger, environment, argv: [tool.path, "--version"] })).toString("utf8");
    const line = text.split("\n").find((one) => /version \d/.test(one)) ?? text.split("\n")[0];
    return line?.trim() || tool.path;
  } catch {
    return null;
  }
}
