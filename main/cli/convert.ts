/** xdpw convert: legacy map definitions of a source into BTF-defined maps, as a diff or in the file itself. */
import { basename } from "node:path";
import { applyEdits } from "../legacy/convert-maps.ts";
import { unifiedDiff } from "../legacy/unified-diff.ts";
import { absolutePath } from "./checked.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { shortPath } from "./diagnostic-lines.ts";

export async function runConvert(context: CommandContext): Promise<Answer> {
  const { typed, cwd, handlers, note, paint } = context;
  const path = absolutePath(neededArgument(typed, 0), cwd);
  const shown = shortPath(path, cwd);
  const { text, version } = await handlers["source.read"]({ path }, context);
  const { maps, edits } = await handlers["source.convertLegacyMaps"]({ text }, context);
  const converted = maps.filter(({ converts }) => converts);
  const left = maps.filter(({ converts }) => !converts);
  const diff = unifiedDiff(shown.startsWith("/") ? basename(path) : shown, text, edits);
  const written = typed.flags["write"] === true && edits.length > 0;
  if (written) {
    await handlers["source.save"]({ path, text: applyEdits(text, edits), basedOn: version }, context);
  }
  for (const { name, line, explanation } of left) note(`${shown}:${line}: ${name} stays as it is: ${explanation}`);
  const names = converted.map(({ name }) => name).join(", ");
  const said =
    maps.length === 0
      ? `${shown} has no legacy map definitions\n`
      : written
        ? `${paint.green("converted")} ${names} in ${shown}\n`
        : diff;
  return {
    ok: left.length === 0,
    text: said,
    json: {
      value: {
        file: path,
        written,
        maps: maps.map(({ name, line, converts, explanation }) => ({ name, line, converts, explanation })),
        diff,
      },
    },
  };
}
