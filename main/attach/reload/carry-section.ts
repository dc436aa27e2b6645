/** Fills a new .data or .bss, which no program runs with yet, variable by variable. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { LoadOptions } from "../../../protocol/reload.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import type { SectionMap } from "../../maps/section-map.ts";
import { planConversion } from "../../tables/convert-layout.ts";
import { makeLayout } from "../../tables/describe-layout.ts";
import { setVariable, type TypedSection } from "../describe-globals.ts";
import { globalsOf } from "../load-settings.ts";

/**
 * What is new begins as declared; what the user set is as set.
 * @returns how many variables did not fit, and begin as declared
 */
export async function carrySection(
  peer: ElevatedPeer,
  running: { readonly id: number; readonly section: SectionMap },
  section: TypedSection,
  newId: number,
  load: LoadOptions | undefined,
  token?: CancellationToken,
): Promise<number> {
  const key = Buffer.alloc(4).toString("base64");
  const { value } = await peer.request("maps.lookup", { id: running.id, key }, token);
  const { bytes, lost } = convertSection(running.section, Buffer.from(value ?? "", "base64"), section);
  for (const { name, value: text } of globalsOf(load, section)) {
    const variable = section.variables.find((candidate) => candidate.name === name);
    if (variable !== undefined) setVariable(section, variable, text, bytes);
  }
  const values = Buffer.from(bytes).toString("base64");
  await peer.request("maps.fill", { id: newId, keys: key, values, count: 1 }, token);
  return lost;
}

function convertSection({ root, littleEndian }: SectionMap, before: Buffer, section: TypedSection) {
  const bytes = new Uint8Array(section.bytes);
  let lost = 0;
  for (const { name, offset, size, column } of section.variables) {
    const old = root.members.find((member) => member.name === name);
    if (old === undefined || old.offset + old.node.size > before.length) continue;
    const from = makeLayout(old.node, name, littleEndian);
    const conversion = planConversion(from, makeLayout(column.node, name, section.btf.littleEndian), name);
    const declared = bytes.subarray(offset, offset + size);
    const carried = conversion.convert(before.subarray(old.offset, old.offset + from.size), declared);
    if (carried === null) lost += 1;
    else declared.set(carried);
  }
  return { bytes, lost };
}
