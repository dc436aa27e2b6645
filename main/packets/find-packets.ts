/** PATH to a packets.json and the source that it tests. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fail } from "../../protocol/failures.ts";
import { fileFailure } from "../source/file-failure.ts";
import { readSource } from "../source/read-source.ts";
import { type PacketsFile, readPacketsFile } from "./packets-file.ts";

export interface FoundPackets {
  readonly path: string;
  readonly file: PacketsFile;
  /** a C source, or an object where the user named one */
  readonly source: string;
}

const fileName = "packets.json";

/** A folder, a packets.json, or a source or object with one beside it. @throws Failed `file`, `not-found`, `bad-value` */
export async function findPackets(path: string): Promise<FoundPackets> {
  let folder: boolean;
  try {
    folder = (await stat(path)).isDirectory();
  } catch (error) {
    throw fileFailure("test", path, error);
  }
  if (folder) return inFolder(join(path, fileName));
  if (path.endsWith(".json")) return inFolder(path);
  const beside = join(dirname(path), fileName);
  return { path: beside, file: await read(beside), source: path };
}

async function inFolder(path: string): Promise<FoundPackets> {
  const file = await read(path);
  const folder = dirname(path);
  return { path, file, source: join(folder, file.source ?? (await onlySource(folder))) };
}

async function read(path: string): Promise<PacketsFile> {
  return readPacketsFile(path, (await readSource(path)).text);
}

async function onlySource(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".c")).sort();
  const bpf = names.filter((name) => name.endsWith(".bpf.c"));
  const [only, ...others] = bpf.length > 0 ? bpf : names;
  if (only === undefined) {
    const message = `test ${folder}: there is no C source in it: name one as "source" in ${fileName}`;
    return fail({ kind: "not-found", what: "source", name: basename(folder), message });
  }
  if (others.length > 0) {
    const message = `test ${folder}: ${only} or ${others.join(" or ")}? Name one as "source" in ${fileName}`;
    return fail({ kind: "ambiguous", name: basename(folder), ids: [], message });
  }
  return only;
}
