/** xdpw map diff: a map now against a file, or two files. */
import { existsSync } from "node:fs";
import { fail } from "../../protocol/failures.ts";
import type { MapDescription } from "../../protocol/maps.ts";
import { compareOnThreads } from "../maps/transfer/compare-on-threads.ts";
import type { DescribedMap } from "../maps/describe-entries.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { EntryTable } from "../maps/transfer/entry-table.ts";
import { readBytes } from "../maps/transfer/read-bytes.ts";
import { readEntries } from "../maps/transfer/read-file.ts";
import { readCurrent } from "../maps/transfer/read-table.ts";
import { type SnapshotHead, snapshotHeadOf } from "../maps/transfer/snapshot-head.ts";
import { describeMap } from "../tables/describe-map.ts";
import { absolutePath } from "./checked.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { diffJson, diffLines, diffSummary, isSame } from "./diff-text.ts";
import { openMapForFiles } from "./open-map.ts";

interface Side {
  readonly word: string;
  /** null: a map as it is now */
  readonly text: Uint8Array | null;
  readonly head: SnapshotHead | null;
}

/** Exits 1 where there is a difference, as diff(1) does. */
export async function runMapDiff(context: CommandContext): Promise<Answer> {
  const { typed, token, paint } = context;
  const first = await sideOf(context, neededArgument(typed, 0));
  const second = await sideOf(context, typed.arguments[1] ?? reference(first));
  const live = [first, second].find(({ text }) => text === null);
  const described = live === undefined ? await withoutMap(context, first, second) : await open(context, live.word);
  const { files } = context.workbench;
  const read = async (side: Side): Promise<EntryTable> => {
    if (side.text !== null) return (await readEntries(files, side.word, side.text, described, null)).entries;
    if (described.peer === null) throw new Error("a map was opened where there is none");
    return readCurrent(described.peer, described.description, token);
  };
  if (first.text === null && second.text === null) {
    return fail({ kind: "usage", message: "map diff: give a map and a file, or two files; two maps are not compared" });
  }
  const [before, after] = [await read(first), await read(second)];
  const diff = await compareOnThreads(files, before, after, described.layout.type === "lpm_trie");
  const sides = { layout: described.layout, before, after, diff };
  function* text(): Generator<string> {
    yield* diffLines(sides, paint);
    yield `${diffSummary(diff)}\n`;
  }
  const beside = { before: first.word, after: second.word };
  return { ok: isSame(diff), text: text(), json: { pieces: diffJson(sides, beside) } };
}

/** What is a file here is taken as such; a map of that name is said as id:N. */
async function sideOf({ cwd }: CommandContext, word: string): Promise<Side> {
  if (/^(id|pinned):/.test(word)) return { word, text: null, head: null };
  const path = absolutePath(word, cwd);
  if (!existsSync(path)) {
    if (!/[/.]/.test(word)) return { word, text: null, head: null };
    // a name with a dot may be a section's
    if (!word.includes("/") && word.startsWith(".")) return { word, text: null, head: null };
  }
  const text = await readBytes(path);
  return { word, text, head: snapshotHeadOf(text) };
}

/** The map that a snapshot is of. */
function reference({ word, head }: Side): string {
  if (head !== null) return head.map.name === "" ? `id:${head.map.id}` : head.map.name;
  return fail({ kind: "usage", message: `map diff ${word}: with what? give a map, or another file` });
}

function open(context: CommandContext, word: string): ReturnType<typeof openMapForFiles> {
  return openMapForFiles({ ...context, typed: { ...context.typed, arguments: [word] } }, "read");
}

/** Two files: the map that one of them is of tells the types, if it is still there; else there are bytes. */
async function withoutMap(
  context: CommandContext,
  first: Side,
  second: Side,
): Promise<DescribedMap & { readonly peer: ElevatedPeer | null }> {
  const head = first.head ?? second.head;
  if (head === null) {
    const message = "map diff: neither file is a snapshot that says which map it is of: give the map and one file";
    return fail({ kind: "usage", message });
  }
  const { map } = head;
  const there = await open(context, map.name === "" ? `id:${map.id}` : map.name).catch(() => null);
  if (there !== null && fits(there.description, head)) return there;
  const summary = { ...map, btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 };
  const layout = describeMap({ ...summary, btf: null, possibleCpus: head.possibleCpus });
  const description = { map: summary, valueStride: layout.copies * layout.stride, possibleCpus: head.possibleCpus };
  return { description: { ...description, btf: null, frozen: false }, layout, section: null, btf: null, peer: null };
}

function fits({ map, possibleCpus }: MapDescription, head: SnapshotHead): boolean {
  const { type, keySize, valueSize } = head.map;
  return (
    map.type === type && map.keySize === keySize && map.valueSize === valueSize && possibleCpus === head.possibleCpus
  );
}
