/** xdpw new: a copy of a template under names of the user's. */
import { fail } from "../../protocol/failures.ts";
import { absolutePath } from "./checked.ts";
import { type Answer, type CommandContext, flagText, neededArgument } from "./command.ts";
import { shortPath } from "./diagnostic-lines.ts";

export async function runNew(context: CommandContext): Promise<Answer> {
  const { typed, cwd, handlers, note, paint } = context;
  const id = neededArgument(typed, 0);
  const folder = absolutePath(neededArgument(typed, 1), cwd);
  const given = givenNames(flagText(typed, "name"));
  const { source, notes } = await handlers["templates.create"]({ id, folder, names: given }, context);
  for (const remark of notes) note(`note: ${remark}`);
  const { templates } = await handlers["templates.list"]({}, context);
  const known = templates.find((template) => template.id === id)?.names ?? [];
  const names = Object.fromEntries(known.map((name) => [name.id, given[name.id] ?? name.default]));
  const said = Object.entries(names).map(([what, name]) => `${what} ${name}`);
  return {
    ok: true,
    text: `${paint.green("made")} ${shortPath(source.path, cwd)}: ${said.join(", ")}\n`,
    json: { value: { file: source.path, names, notes } },
  };
}

/** "program=xdp_mine,routes=mine" @throws Failed `usage` */
function givenNames(text: string | null): Record<string, string> {
  const names: Record<string, string> = {};
  for (const pair of text === null ? [] : text.split(",")) {
    const [, what, name] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (what === undefined || name === undefined) {
      return fail({ kind: "usage", message: `new: --name ${pair}: give WHAT=NAME, such as program=xdp_mine` });
    }
    if (Object.hasOwn(names, what)) return fail({ kind: "usage", message: `new: --name ${what} is given twice` });
    names[what] = name;
  }
  return names;
}
