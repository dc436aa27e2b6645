/** source ─build▶ object, where there is no going on without one. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Build, Input } from "../../protocol/build.ts";
import { Failed } from "../../protocol/failures.ts";
import type { PlainPeer } from "../helpers/helper-pool.ts";
import { type BuiltObject, buildInput } from "./build-input.ts";

/** `doing` opens the message, as in "attach to port0". @throws Failed `build-failed`, and what buildInput throws */
export async function buildObject(
  plain: () => Promise<PlainPeer>,
  input: Input,
  doing: string,
  token?: CancellationToken,
): Promise<{ readonly build: Build; readonly object: BuiltObject }> {
  const { build, object } = await buildInput(plain, input, token);
  if (object !== null) return { build, object };
  const first = build.diagnostics.find((finding) => finding.severity === "error");
  throw new Failed({
    kind: "build-failed",
    diagnostics: build.diagnostics,
    message: `${doing}: ${input.path} does not compile${first ? ` (line ${first.line}: ${first.message})` : ""}`,
  });
}
