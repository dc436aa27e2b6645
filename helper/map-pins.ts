/** Which maps are pinned where under /sys/fs/bpf. */
import { lstatSync, readdirSync } from "node:fs";
import { bpffs, isBpffsMounted } from "./bpffs.ts";
import type { NativeFace } from "./native/face.ts";

/** More pins than that are not looked at. */
const mostPins = 20_000;

/**
 * A pin is opened once: what it holds never changes, and its inode is another one when it is made anew.
 * `pause` is awaited between pins, so that a long list holds nobody up.
 */
export function createPinLister(native: NativeFace, pause: () => Promise<void>) {
  let known: ReadonlyMap<string, number | null> = new Map();
  return async (): Promise<ReadonlyMap<number, readonly string[]>> => {
    const pins = new Map<number, string[]>();
    const seen = new Map<string, number | null>();
    if (isBpffsMounted()) {
      for (const path of pinsBelow(bpffs)) {
        await pause();
        const now = lstatSync(path, { throwIfNoEntry: false });
        if (now === undefined) continue;
        const key = `${path} ${now.ino} ${now.ctimeMs}`;
        const id = known.get(key) ?? (known.has(key) ? null : mapAt(native, path));
        seen.set(key, id);
        if (id !== null) pins.set(id, [...(pins.get(id) ?? []), path]);
      }
    }
    known = seen;
    return pins;
  };
}

/** Links of `ip` lead to folders that are walked anyway; names with dots are the kernel's own, such as maps.debug. */
function* pinsBelow(folder: string, left = { pins: mostPins }): Generator<string> {
  for (const entry of entriesOf(folder)) {
    if (left.pins <= 0) return;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* pinsBelow(path, left);
    else if (entry.isFile() && !entry.name.includes(".")) {
      left.pins -= 1;
      yield path;
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // gone, or another user's
    return [];
  }
}

/** null where it is no map, or cannot be opened */
function mapAt(native: NativeFace, path: string): number | null {
  try {
    const found = native.pinned(path);
    return found.kind === "map" ? found.id : null;
  } catch {
    return null;
  }
}
