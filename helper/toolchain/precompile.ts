/**
 * Precompiled headers: the leading include block of a source, read once and kept in the user's cache. One is used only
 * for the same block, compiler, flags and place, and only while every header that it read is as it was; it is made in
 * the background, after a build that went well, and left out wherever making it has anything to say.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import type { HelperContext } from "../context.ts";
import { startConfined } from "./start-confined.ts";
import { cacheFolder, trimCache } from "./cache-folder.ts";
import { type HeaderFiles, headerFiles, lookAtHeaders, parseIncludes, unchanged } from "./header-files.ts";

export interface HeaderWish {
  /** tells the compiler's file and age, the flags, the source's path and the text of the block */
  readonly key: string;
  /** confined: reads the block from standard input, writes the precompiled header to standard output, names headers */
  readonly argv: readonly [string, ...string[]];
  readonly input: string;
  /** where headers are looked for */
  readonly folders: readonly string[];
}

export interface PrecompiledHeaders {
  /** the file, where there is one that is still right */
  find(key: string): Promise<string | null>;
  /** it did not work: it is not given out again */
  drop(key: string): Promise<void>;
  /** makes it, unless there is one or it cannot be; one at a time. True where there is a new one. */
  make(wish: HeaderWish): Promise<boolean>;
}

const kept = z.object({ file: z.string().regex(/^[0-9a-f]{32}-[0-9a-f]{12}\.pch$/), headers: headerFiles });
type Kept = z.infer<typeof kept>;

const timeout = 30_000;
const maximumOutput = 128 * 1024 * 1024;
/** a block that could not be made into one is tried again after a while: its headers may have been put in order */
const patience = 30_000;

export function headerKey(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

export function createPrecompiledHeaders(context: Pick<HelperContext, "ledger" | "environment">): PrecompiledHeaders {
  const known = new Map<string, Kept>();
  const failed = new Map<string, number>();
  let folderAsked: Promise<string | null> | undefined;
  const folder = (): Promise<string | null> => (folderAsked ??= cacheFolder(context.environment));
  let busy = false;

  const usable = async (key: string): Promise<string | null> => {
    const home = await folder();
    if (home === null) return null;
    const record = known.get(key) ?? (await readRecord(join(home, `${key}.json`)));
    if (record === null || !unchanged(record.headers)) return null;
    const file = join(home, record.file);
    if ((await stat(file).catch(() => null)) === null) return null;
    known.set(key, record);
    return file;
  };

  const makeOne = async (home: string, { key, argv, input, folders }: HeaderWish): Promise<boolean> => {
    failed.set(key, Date.now());
    const before = Date.now();
    const { exit, output, errors } = await startConfined({ ...context, argv, input, timeout, maximumOutput }).finished;
    const paths = exit === 0 ? parseIncludes(errors) : null;
    const headers: HeaderFiles | null = paths === null ? null : lookAtHeaders(paths, folders, before);
    // a header of this very moment: the next build asks again
    if (paths !== null && headers === null) failed.delete(key);
    // read back as it will be: what is over a limit is not kept
    const record = kept.safeParse({ file: `${key}-${randomBytes(6).toString("hex")}.pch`, headers });
    if (!record.success) return false;
    const old = known.get(key) ?? (await readRecord(join(home, `${key}.json`)));
    await writeWhole(join(home, record.data.file), output);
    await writeWhole(join(home, `${key}.json`), JSON.stringify(record.data));
    known.set(key, record.data);
    failed.delete(key);
    if (old !== null) await rm(join(home, old.file), { force: true });
    await trimCache(home);
    return true;
  };

  return {
    find: usable,
    async drop(key) {
      const home = await folder();
      known.delete(key);
      failed.set(key, Date.now());
      if (home !== null) await rm(join(home, `${key}.json`), { force: true });
    },
    async make(wish) {
      const home = await folder();
      // typing in the block makes a new key each time
      if (failed.size > 200) failed.clear();
      if (known.size > 200) known.clear();
      if (busy || home === null || Date.now() - (failed.get(wish.key) ?? 0) < patience) return false;
      busy = true;
      try {
        if ((await usable(wish.key)) !== null) return false;
        return await makeOne(home, wish);
      } catch {
        // a full or read-only disk: builds go on without
        return false;
      } finally {
        busy = false;
      }
    },
  };
}

async function readRecord(path: string): Promise<Kept | null> {
  try {
    return kept.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

/** Another workbench of the same user may read it at this moment. */
async function writeWhole(path: string, bytes: string | Uint8Array): Promise<void> {
  const temporary = join(path, "..", `.${basename(path)}.${process.pid}~`);
  try {
    await writeFile(temporary, bytes, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
