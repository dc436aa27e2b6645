/** xdpw map layout: what keys and values are, by the kernel's BTF or by what the user says of them. */
import { keepLayout } from "../layouts/keep-layout.ts";
import { listed } from "../maps/list-maps.ts";
import { columns } from "./columns.ts";
import { type Answer, type CommandContext, flagText } from "./command.ts";
import { mapJson } from "./json-shapes.ts";
import { openMap, openMapForFiles, type OpenMap } from "./open-map.ts";

export async function runMapLayout(context: CommandContext): Promise<Answer> {
  const { typed, workbench, token } = context;
  const { shapes } = workbench;
  const opened = await openMapForFiles(context, "read");
  const summary = await wholeMap(opened);
  for (const of of ["key", "value"] as const) {
    const text = flagText(typed, of);
    if (text === null) continue;
    const wish = { of, text: text.trim() === "none" ? null : text, map: summary };
    await keepLayout(workbench.helpers.plain, shapes, wish, token);
  }
  return answer(context, summary, await openMap(context, "read"));
}

/** Layouts are kept by the whole name. */
async function wholeMap({ peer, description, section }: OpenMap): Promise<OpenMap["description"]["map"]> {
  const among = (await listed(peer)).find(({ id }) => id === description.map.id);
  return section === null && among !== undefined ? { ...description.map, name: among.name } : description.map;
}

function answer({ workbench, paint }: CommandContext, summary: OpenMap["description"]["map"], map: OpenMap): Answer {
  const kept = workbench.shapes.of(summary.name);
  const parts = [
    ["key", summary.btfKeyTypeId !== 0, kept.key?.text ?? null],
    ["value", summary.btfValueTypeId !== 0, kept.value?.text ?? null],
  ] as const;
  const shown = parts.flatMap(([of, hasBtf, text]) => {
    const layout = map.layout[of];
    const source = text !== null ? "typed by you" : hasBtf ? "BTF of the map" : "the map's type";
    return layout.columns.map(({ path, offset, node }, index) => [
      index === 0 ? of : "",
      path,
      node.type,
      `${offset}`,
      `${node.size}`,
      index === 0 ? source : "",
    ]);
  });
  const head = ["of", "field", "type", "at", "bytes", "told by"];
  return {
    ok: true,
    text: columns(head, shown, { head: paint.dim, right: [3, 4] }),
    json: {
      value: {
        map: mapJson(summary),
        ...Object.fromEntries(
          parts.map(([of, , text]) => [
            of,
            {
              typed: text,
              fields: map.layout[of].columns.map(({ path, offset, node }) => ({
                ...{ path, type: node.type, offset, size: node.size },
              })),
            },
          ]),
        ),
      },
    },
  };
}
