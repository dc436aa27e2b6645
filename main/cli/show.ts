/** xdpw show: what was built of a source, and what the kernel made of it. */
import { fail } from "../../protocol/failures.ts";
import { type Code, type CodeKind, codeKind } from "../../protocol/views.ts";
import { checkedNumber, inputAt } from "./checked.ts";
import { codeText } from "./code-text.ts";
import { type Answer, type CommandContext, flagText, neededArgument } from "./command.ts";
import { parseSettings } from "./load-flags.ts";
import { objectJson, objectText } from "./object-text.ts";

const kinds = [...codeKind.options, "object"] as const;

export async function runShow(context: CommandContext): Promise<Answer> {
  const { typed, cwd, handlers, note, paint, commands } = context;
  const word = neededArgument(typed, 0);
  const kind = kinds.find((one) => one === word);
  if (kind === undefined) return usage(`${word}: give ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`);
  const path = typed.arguments[1];
  const id = flagText(typed, "id");
  const program = flagText(typed, "prog");
  if (kind === "object") {
    if (path === undefined) return usage("object: name a source or an object");
    if (id !== null || program !== null) return usage("object: shows all of a file: leave --id and --prog out");
    const tree = await handlers["views.object"]({ input: inputAt(path, cwd) }, context);
    for (const remark of tree.notes) note(`note: ${remark}`);
    return { ok: true, text: objectText(tree, cwd, paint), json: { value: objectJson(tree) } };
  }
  const code = await askCode(context, kind, path, id, program);
  for (const remark of code.notes) note(`note: ${remark}`);
  commands(code.commands);
  return { ok: true, text: await codeText(code, cwd, paint), json: { value: code } };
}

async function askCode(
  context: CommandContext,
  kind: CodeKind,
  path: string | undefined,
  id: string | null,
  program: string | null,
): Promise<Code> {
  const { cwd, handlers, typed } = context;
  if (id === null) {
    if (path === undefined)
      return usage(`${kind}: name a source or an object${isLoaded(kind) ? ", or give --id" : ""}`);
    const load = parseSettings(typed);
    if (!isLoaded(kind) && (load.globals?.length || load.maxEntries?.length)) {
      return usage(`${kind}: --set and --max-entries are for a load: xlated and jited`);
    }
    return handlers["views.built"]({ input: inputAt(path, cwd), kind, program, load }, context);
  }
  if (path !== undefined || program !== null) return usage(`${kind}: --id names a loaded program: leave the rest out`);
  if (!isLoaded(kind)) return usage(`${kind}: a loaded program has xlated and jited code only: name its source`);
  return handlers["views.loaded"]({ id: checkedNumber(id, 1, 0xffff_ffff, "--id"), kind }, context);
}

function isLoaded(kind: CodeKind): kind is "xlated" | "jited" {
  return kind === "xlated" || kind === "jited";
}

function usage(message: string): never {
  return fail({ kind: "usage", message: `show ${message}` });
}
