/**
 * Where precompiled headers are kept: the user's XDG cache (XDG Base Directory 0.8). A folder that is not ours alone is
 * not used: what lies in it decides what gets built.
 */
import { lstat, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../environment.ts";

const maximumFiles = 32;
const maximumBytes = 400 * 1024 * 1024;

/** null where there is none, or none that is safe */
export async function cacheFolder(environment: Environment): Promise<string | null> {
  const home = environment["HOME"];
  const cache = environment["XDG_CACHE_HOME"] ?? (home === undefined ? undefined : join(home, ".cache"));
  if (cache === undefined) return null;
  const own = join(cache, "xdp-workbench");
  const folder = join(own, "headers");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const one of [own, folder]) {
      const found = await lstat(one);
      // run through sudo, HOME may be another user's
      if (!found.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o022) !== 0) return null;
    }
    return folder;
  } catch {
    return null;
  }
}

/** Removes the oldest, so that what is left is few and small. */
export async function trimCache(folder: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => null);
      return { name, size: found?.size ?? 0, time: found?.mtimeMs ?? 0 };
    }),
  );
  let bytes = 0;
  for (const [index, { name, size }] of files.toSorted((a, b) => b.time - a.time).entries()) {
    bytes += size;
    if (index >= maximumFiles || bytes > maximumBytes) await rm(join(folder, name), { force: true });
  }
}
