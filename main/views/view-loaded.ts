/** What the kernel made of a program that is loaded. */
import { isAbsolute } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { Code, loadedCodeParams } from "../../protocol/views.ts";
import type { Attachments } from "../attach/attachments.ts";
import { shell } from "../commands/shell.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { absolute } from "../verify/absolute.ts";
import { viewDump } from "./view-dump.ts";

/** @throws Failed `not-found`, `kernel`, and what viewDump throws */
export async function viewLoaded(
  helpers: HelperPool,
  attachments: Pick<Attachments, "sourceOf">,
  { id, kind }: z.infer<typeof loadedCodeParams>,
  token?: CancellationToken,
): Promise<Code> {
  const elevated = await helpers.elevated(`read the ${kind} code of program id ${id}`);
  const dump = await elevated.request("views.dump", { id }, token);
  // of a foreign program nobody knows where it was compiled
  const source = attachments.sourceOf(dump);
  const nameFile = (file: string): string => (source === null ? file : absolute(file, source));
  const code = await viewDump(helpers, dump, kind, nameFile, token);
  const notes = code.files.some((file) => !isAbsolute(file))
    ? ["the folder that relative file names are meant from is not known"]
    : [];
  return {
    ...code,
    program: { id, name: dump.name, tag: dump.tag },
    commands: [shell(["bpftool", "prog", "dump", kind, "id", `${id}`, "linum"])],
    notes: [...code.notes, ...notes],
  };
}
