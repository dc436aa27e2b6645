/**
 * Writes an entry. A program array's is a program, a devmap's or cpumap's may run one (`docs/decisions/0017-entry-programs.md`):
 * the kernel takes a file descriptor there and gives back an id (struct bpf_devmap_val, struct bpf_cpumap_val); on the wire
 * it is the id both ways.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { EntryProgram, entryProgramParams } from "../protocol/entry-programs.ts";
import { Failed, fail } from "../protocol/failures.ts";
import type { mapUpdateParams } from "../protocol/maps.ts";
import { abortSignal } from "./abort-signal.ts";
import { refuseFrozen } from "./clear-map.ts";
import { settingsOf } from "./attach/load-settings.ts";
import type { HelperContext } from "./context.ts";
import { errnoWords, hasCode, isKernelError, naming } from "./failures.ts";
import { mapTypeName, progArrayType } from "./kernel-names.ts";
import type { KeptPrograms } from "./kept-programs.ts";
import { holding } from "./ledger.ts";
import { type MapsContext, nameOf, sized } from "./maps.ts";
import { inNamespace } from "./namespaces.ts";
import type { MapHandle, MapInfo } from "./native/map-face.ts";
import type { NativeFace } from "./native/face.ts";
import { refusedLoad } from "./verify.ts";

/** Where the program stands in a value: behind ifindex or queue size, or alone; null where there is none. */
export function programOffset({ type, valueSize }: Pick<MapInfo, "type" | "valueSize">): number | null {
  if (type === progArrayType) return 0;
  return valueSize === 8 && /^(devmap|devmap_hash|cpumap)$/.test(mapTypeName(type)) ? 4 : null;
}

function takesMaps({ type }: Pick<MapInfo, "type">): boolean {
  return /^(array|hash)_of_maps$/.test(mapTypeName(type));
}

/** Calls with the value as the kernel takes it: a descriptor in place of a map's or program's id. @throws Failed `not-found` */
export function withReference<T>(native: NativeFace, info: MapInfo, value: Buffer, use: (value: Buffer) => T): T {
  if (takesMaps(info)) return withInnerMap(native, value, use);
  const at = programOffset(info);
  const id = at === null ? 0 : word.read(value, at);
  if (at === null || (id === 0 && at !== 0)) return use(value);
  const subject = { what: "program", name: `id ${id}` };
  const fd = naming({ doing: `open program id ${id}`, subject }, () => native.openProgram(id));
  try {
    return use(withFd(value, fd, at));
  } finally {
    native.closeFd(fd);
  }
}

function withInnerMap<T>(native: NativeFace, value: Buffer, use: (value: Buffer) => T): T {
  const id = word.read(value, 0);
  const subject = { what: "map", name: `id ${id}` };
  const handle = naming({ doing: `open inner map id ${id}`, subject }, () => native.openMap(id));
  try {
    const bytes = Buffer.from(value);
    word.write(bytes, handle.fd, 0);
    return use(bytes);
  } finally {
    handle.close();
  }
}

export async function updateMap(
  { native, handles }: MapsContext,
  params: z.infer<typeof mapUpdateParams>,
): Promise<Record<string, never>> {
  await handles.use(params.id, `update map id ${params.id}`, (handle) => {
    const { info, valueStride } = handle;
    const key = sized(params.key, info.keySize, "key", info);
    const value = sized(params.value, valueStride, "value", info);
    withReference(native, info, value, (bytes) => update(native, handle, key, bytes, params.when, params.netns));
  });
  return {};
}

function update(
  native: NativeFace,
  handle: MapHandle,
  key: Buffer,
  value: Buffer,
  when: "any" | "noexist" | "exist",
  netns: string | null,
): void {
  const { info } = handle;
  const doing = `update map ${nameOf(info)}`;
  // a devmap looks the ifindex up in the namespace of whoever writes it
  inNamespace(native, netns, () => {
    try {
      handle.update(key, value, flagOf(handle, key, when));
    } catch (error) {
      if (hasCode(error, "EPERM")) refuseFrozen(handle, "update");
      const next = whyRefused(error, info, value) ?? whyNoRoom(error, info) ?? updateAdvice(when);
      naming(next === null ? { doing } : { doing, next }, () => {
        throw error;
      });
    }
  });
}

function updateAdvice(when: "any" | "noexist" | "exist"): string | null {
  if (when === "noexist") return "if there is such an entry already, edit that one";
  return when === "exist" ? "if there is no such entry, add it" : null;
}

/**
 * For BPF_NOEXIST every slot counts as taken, also an empty one (kernel/bpf/devmap.c, kernel/bpf/cpumap.c); arrays of
 * descriptors take BPF_ANY only (bpf_fd_array_map_update_elem, kernel/bpf/arraymap.c): then the slot is looked at.
 */
function flagOf(handle: MapHandle, key: Buffer, when: "any" | "noexist" | "exist"): "any" | "noexist" | "exist" {
  const type = mapTypeName(handle.info.type);
  const anyOnly = type === "prog_array" || type === "array_of_maps";
  if (when === "any" || !(anyOnly || type === "devmap" || type === "cpumap")) return when;
  const isFree = handle.lookup(key) === null;
  if (isFree === (when === "noexist")) return "any";
  if (!anyOnly) return when;
  const why = isFree ? "there is no such entry: add it" : "there is such an entry already: edit that one";
  return fail({ kind: "bad-value", field: "key", message: `update map ${nameOf(handle.info)}: ${why}` });
}

/** A program that does not fit: EINVAL in a devmap, ENOMEM in a cpumap (kernel/bpf/devmap.c, kernel/bpf/cpumap.c). */
function whyRefused(error: unknown, info: MapInfo, value: Buffer): string | null {
  // bpf_map_meta_equal() of kernel/bpf/map_in_map.c
  if (takesMaps(info) && hasCode(error, "EINVAL")) {
    return "an inner map must be of the same type, key size, value size and flags as the one that the outer map was made with; an array also of as many entries, unless it was made with BPF_F_INNER_MAP";
  }
  // bpf_prog_map_compatible() of kernel/bpf/core.c
  if (info.type === progArrayType && hasCode(error, "EINVAL")) {
    return 'a program array takes programs of one type only, that of the program which uses it, and alike in JIT and fragments (SEC("xdp.frags")); choose another program';
  }
  if (programOffset(info) !== 4 || word.read(value, 4) === 0 || !hasCode(error, "EINVAL", "ENOMEM")) return null;
  const kind = mapTypeName(info.type) === "cpumap" ? "cpumap" : "devmap";
  return `an entry takes a program of SEC("xdp/${kind}"); SEC("xdp.frags/${kind}") where the program that uses the map is SEC("xdp.frags"), and only there`;
}

/** The kernel's words for a full map are "argument list too long", and for an index too large too. */
function whyNoRoom(error: unknown, { type, maxEntries }: MapInfo): string | null {
  if (hasCode(error, "ENOMEM")) return "the kernel has no memory for another entry: free some; nothing was written";
  if (!hasCode(error, "E2BIG", "ENOSPC")) return null;
  if (/array|^(devmap|cpumap|xskmap)$/.test(mapTypeName(type))) {
    return `the index is beyond the map's end: give one from 0 to ${maxEntries - 1}`;
  }
  return `the map is full, with max_entries ${maxEntries}: delete entries, or load the program with more`;
}

/** Loads a program for an entry, with the running one's maps, and writes the entry: it holds the program from then on. */
export async function setEntryProgram(
  { native, ledger, handles }: MapsContext & Pick<HelperContext, "ledger">,
  params: z.infer<typeof entryProgramParams>,
  token: CancellationToken,
): Promise<EntryProgram> {
  const { load } = params;
  return handles.use(params.id, `update map id ${params.id}`, async (handle) => {
    const { info, valueStride } = handle;
    const at = programOffset(info);
    if (at === null) {
      const message = `update map ${nameOf(info)}: its entries run no program: give it values of struct bpf_devmap_val or struct bpf_cpumap_val`;
      return fail({ kind: "bad-value", message, field: "value" });
    }
    const key = sized(params.key, info.keySize, "key", info);
    const value = sized(params.value, valueStride, "value", info);
    return holding(
      ledger,
      `program ${load.program} for map ${nameOf(info)}`,
      () => loadFor(native, load, token),
      (loaded) => loaded.close(),
      (loaded): EntryProgram => {
        update(native, handle, key, withFd(value, loaded.programFd, at), params.when, params.netns);
        return describeLoaded(native, loaded);
      },
    );
  });
}

/** Loads a program that an entry is to run: it is kept until the helper ends, so that the entry can be written later. */
export async function loadEntryProgram(
  { native, ledger }: Pick<HelperContext, "native" | "ledger">,
  kept: KeptPrograms,
  { load }: Pick<z.infer<typeof entryProgramParams>, "load">,
  token: CancellationToken,
): Promise<EntryProgram> {
  return holding(
    ledger,
    `program ${load.program}`,
    () => loadFor(native, load, token),
    (loaded) => loaded.close(),
    (loaded): EntryProgram => {
      kept.keep(loaded.programId);
      return describeLoaded(native, loaded);
    },
  );
}

function describeLoaded(native: NativeFace, { programId, maps }: Awaited<ReturnType<typeof loadFor>>): EntryProgram {
  const { id, name, tag, loadTime } = native.programInfo(programId);
  return {
    program: { id, name, tag, loadTime: loadTime.toString() },
    maps: maps.map((map) => ({ name: map.name, id: map.id })),
  };
}

async function loadFor(
  native: NativeFace,
  { object, name, program, settings }: z.infer<typeof entryProgramParams>["load"],
  token: CancellationToken,
) {
  try {
    return await native.loadObject({
      ...{ bytes: Buffer.from(object, "base64"), name, program, asXdp: false, netns: null, offloadIfindex: null },
      ...{ logLevel: 1, signal: abortSignal(token), ...settingsOf(settings) },
    });
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const refused = refusedLoad(error, program, name, native.capabilities());
    if (refused !== null) throw new Failed(refused);
    return fail({
      kind: "rejected",
      message: `load ${program}: the verifier rejects it: ${errnoWords(error.code, error.errno)} (${error.code})`,
      ...{ diagnostics: [], log: error.log ?? "" },
    });
  }
}

function withFd(value: Buffer, fd: number, at: number): Buffer {
  const bytes = Buffer.from(value);
  word.write(bytes, fd, at);
  return bytes;
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const word = {
  read: (value: Buffer, at: number) => (littleEndian ? value.readUInt32LE(at) : value.readUInt32BE(at)),
  write: (value: Buffer, fd: number, at: number) =>
    littleEndian ? value.writeUInt32LE(fd, at) : value.writeUInt32BE(fd, at),
};
