/** xdpw map export: every entry of a map as a file, or on standard output. */
import { fail } from "../../protocol/failures.ts";
import { exportMap } from "../maps/transfer/export-map.ts";
import { type Format, formats } from "../maps/transfer/formats.ts";
import { writeWhole } from "../maps/transfer/write-file.ts";
import { absolutePath } from "./checked.ts";
import { type Answer, type CommandContext, flagText } from "./command.ts";
import { mapJson } from "./json-shapes.ts";
import { openMapForFiles } from "./open-map.ts";

export function runMapExport(context: CommandContext): Promise<Answer | null> {
  const typed = flagText(context.typed, "format") ?? "json";
  return exportTo(context, formats.find((format) => format === typed) ?? "json", "exported");
}

export function runMapSnapshot(context: CommandContext): Promise<Answer | null> {
  return exportTo(context, "snapshot", "kept");
}

async function exportTo(context: CommandContext, format: Format | "snapshot", verb: string): Promise<Answer | null> {
  const { typed, cwd, token, paint, write } = context;
  const { files } = context.workbench;
  const output = flagText(typed, "output") ?? "-";
  const json = typed.flags["json"] === true;
  if (output === "-" && json && (format === "csv" || format === "batch")) {
    const message = `map export --format ${format} --json: standard output can only be one of them: give -o FILE`;
    return fail({ kind: "usage", message });
  }
  const map = await openMapForFiles(context, "read");
  if (output === "-") {
    await exportMap(map.peer, files, map, format, { write, again: null }, token);
    return null;
  }
  const path = absolutePath(output, cwd);
  const entries = await writeWhole(path, (destination) => exportMap(map.peer, files, map, format, destination, token));
  return {
    ok: true,
    text: `${paint.green(verb)} ${entries} ${entries === 1 ? "entry" : "entries"} of ${map.called} in ${output}\n`,
    json: { value: { map: mapJson(map.description.map), format, entries, output: path } },
  };
}
