/** The command-line twins of what was applied to a map. */
import type { Applied, Change } from "../../../protocol/changes.ts";
import { deleteTwin, setTwin, type Twin } from "../../commands/twins.ts";
import { shell } from "../../commands/shell.ts";
import type { HelperPool } from "../../helpers/helper-pool.ts";
import { describeEntries } from "../describe-entries.ts";
import { holdsIds } from "../../tables/describe-map.ts";
import { isDevmap } from "../devmap-names.ts";
import { typedKey, typedValue } from "../typed-text.ts";

/** So many are listed one by one. */
const mostListed = 20;

/** Of those that are in, a twin each; of many, one that says where they are kept. */
export async function changeTwins(
  helpers: HelperPool,
  { id, netns, changes }: { readonly id: number; readonly netns: string | null; readonly changes: readonly Change[] },
  { journal, done, conflicts, untouched }: Applied,
): Promise<readonly Twin[]> {
  const peer = await helpers.elevated(`read map ${id}`);
  const { description, layout } = await describeEntries(peer, id);
  const { name, type } = description.map;
  const map = { id, name, netns: isDevmap(type) ? netns : null, byId: holdsIds(type) };
  if (changes.length > mostListed) {
    const lines = ["# bpftool writes bytes over whatever is there: xdpw compares each with what was shown, and undoes"];
    return [{ what: `change ${done} entries of ${name}`, lines, xdpw: shell(["xdpw", "map", "survey", journal]) }];
  }
  const left = new Set(conflicts.map(({ change }) => change.key));
  const reached = changes.slice(0, changes.length - untouched).filter(({ key }) => !left.has(key));
  return reached.map(({ key: encoded, was, value }) => {
    const key = Buffer.from(encoded, "base64");
    if (value === null) return deleteTwin(map, key, typedKey(layout, key));
    const bytes = Buffer.from(value, "base64");
    const typed = { key: typedKey(layout, key), value: typedValue(layout, bytes) };
    return setTwin(map, key, bytes, was === null ? "noexist" : "exist", typed);
  });
}

export function backTwin(way: "undo" | "redo", journal: string): Twin {
  return {
    what: `${way} changes ${journal}`,
    lines: ["# bpftool keeps no journal of what it wrote"],
    xdpw: shell(["xdpw", "map", way, journal]),
  };
}
