/** The maps that a loaded program uses, each with its types and what it holds. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { MapDescription } from "../../../protocol/maps.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { eachPage, type RawEntry } from "../../maps/read-entries.ts";
import { type SectionMap, sectionOf } from "../../maps/section-map.ts";
import { type Btf, readBtf } from "../../object/read-btf.ts";
import { mapNames } from "../../object/same-type.ts";
import { describeMap, type MapLayout } from "../../tables/describe-map.ts";

export interface RunningMap {
  readonly id: number;
  /** whole where BTF tells it, else the kernel's 15 characters; of a section the section's name */
  readonly name: string;
  readonly description: MapDescription;
  readonly btf: Btf | null;
  readonly layout: MapLayout;
  /** of .rodata, .data, .bss; null for other maps */
  readonly section: SectionMap | null;
}

/** Of the program's maps those that are still there. @throws Failed `no-privilege`, `helper-gone` */
export async function runningMaps(
  peer: ElevatedPeer,
  program: number,
  token?: CancellationToken,
): Promise<readonly RunningMap[]> {
  const { programs } = await peer.request("programs.list", {}, token);
  const ids = programs.find(({ id }) => id === program)?.mapIds ?? [];
  const described: RunningMap[] = [];
  for (const id of new Set(ids)) described.push(await runningMap(peer, id, token));
  const names = new Set(described.flatMap(({ btf }) => (btf === null ? [] : mapNames(btf))));
  return described.map((map) => ({ ...map, name: wholeName(map, names) }));
}

export async function runningMap(peer: ElevatedPeer, id: number, token?: CancellationToken): Promise<RunningMap> {
  const description = await peer.request("maps.describe", { id }, token);
  const decoded = description.btf === null ? null : readBtf(Buffer.from(description.btf, "base64"));
  const btf = decoded?.ok === true ? decoded.btf : null;
  const layout = describeMap({ ...description.map, btf, possibleCpus: description.possibleCpus });
  return { id, name: description.map.name, description, btf, layout, section: sectionOf(description, btf) };
}

/** The kernel cuts a name to 15 characters; the BTF of the program's maps has those of its whole object. */
function wholeName({ name, section }: RunningMap, names: ReadonlySet<string>): string {
  if (section !== null) return section.name;
  if (name.length < 15) return name;
  const [only, ...others] = [...names].filter((candidate) => candidate.startsWith(name));
  return only !== undefined && others.length === 0 ? only : name;
}

export interface Survey {
  /** of an array those that hold anything but zeros */
  readonly entries: number;
  /** the first few of them */
  readonly examples: readonly RawEntry[];
}

const exampleCount = 3;

export async function surveyMap(peer: ElevatedPeer, map: RunningMap, token?: CancellationToken): Promise<Survey> {
  const { layout, description } = map;
  if (layout.readOnly?.startsWith("is a ")) return { entries: 0, examples: [] };
  const fixed = layout.type === "array" || layout.type === "percpu_array";
  let entries = 0;
  const examples: RawEntry[] = [];
  await eachPage(peer, description, token, (page) => {
    const counted = fixed ? page.filter(({ value }) => value.some((byte) => byte !== 0)) : page;
    entries += counted.length;
    if (examples.length < exampleCount) examples.push(...counted.slice(0, exampleCount - examples.length));
  });
  return { entries, examples };
}
