/**
 * A PROG_ARRAY empties itself when the last user reference to it closes, even while a program uses it. Those of an
 * attached program are therefore pinned as long as it is attached, where a BPF file system is mounted.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { bpffs, isBpffsMounted } from "../bpffs.ts";
import { hasCode } from "../failures.ts";
import { progArrayType } from "../kernel-names.ts";
import type { NativeFace } from "../native/face.ts";
import { programInfo } from "../programs.ts";

const ours = join(bpffs, "xdp-workbench");

function folderOf(programId: number): string {
  return join(ours, `prog-${programId}`);
}

/**
 * Mounts nothing: a file system of the machine's is not this program's to make.
 * @returns why what should be pinned was not; null where all is well
 */
export function pinProgArrays(native: NativeFace, programId: number, mapIds: readonly number[]): string | null {
  const arrays = mapIds.filter((id) => native.mapInfo(id).type === progArrayType);
  if (arrays.length === 0) return null;
  if (!isBpffsMounted()) {
    const names = arrays.map((id) => native.mapInfo(id).name).join(", ");
    return `${names} loses its programs when the workbench ends, and tail calls through it then do nothing: a PROG_ARRAY lives on only if it is pinned, and no BPF file system is mounted at ${bpffs}. Mount one and attach again: mount -t bpf bpf ${bpffs}`;
  }
  sweep((id) => programInfo(native, id) !== null);
  mkdirSync(folderOf(programId), { recursive: true, mode: 0o700 });
  try {
    for (const id of arrays) native.pinMap(id, join(folderOf(programId), `map-${id}`));
  } catch (error) {
    unpinProgArrays(programId);
    throw error;
  }
  return null;
}

export function hasPins(programId: number): boolean {
  return existsSync(folderOf(programId));
}

/** Quiet where there is nothing: most programs have no pins. */
export function unpinProgArrays(programId: number): void {
  const folder = folderOf(programId);
  try {
    for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
    rmdirSync(folder);
    rmdirSync(ours);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTEMPTY", "EPERM", "EACCES")) throw error;
  }
}

/** what a killed helper left between pin and attach */
function sweep(lives: (programId: number) => boolean): void {
  let names: string[];
  try {
    names = readdirSync(ours);
  } catch {
    return;
  }
  for (const name of names) {
    const match = /^prog-(\d+)$/.exec(name);
    if (match !== null && !lives(Number(match[1]))) unpinProgArrays(Number(match[1]));
  }
}
