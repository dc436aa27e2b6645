/**
 * Which attached programs are ours: one small file each in the state directory, named by boot and program id, and where
 * programs of the same object are for entries of maps, the object beside it (docs/decisions/0017).
 * Ids are handed out again after a reboot and, in the far run, within one: load time and tag tell those apart.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { loadSettings } from "../../protocol/attach.ts";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import { place } from "../../protocol/interfaces.ts";
import { id, u64 } from "../../protocol/wire.ts";

const identified = z.strictObject({ id, tag: z.string(), loadTime: u64, name: z.string() });
const ofObject = z.array(z.strictObject({ name: z.string(), id }));

/** A program of the same object that was loaded for an entry of a devmap or cpumap: the entry keeps it alive. */
const companion = z.strictObject({ program: identified, maps: ofObject });
export type Companion = z.infer<typeof companion>;

const record = z.strictObject({
  boot: z.string(),
  program: identified,
  /** the first of several */
  place,
  source: z.string(),
  /** seconds since 1970, UTC */
  since: z.number().optional(),
  by: z.enum(["window", "command"]).optional(),
  /** all of the object's, as it names them; those that no program uses are gone by now */
  maps: ofObject.optional(),
  /** what was chosen for the load, for programs of the object that are loaded later */
  load: loadSettings.omit({ reuse: true }).optional(),
  companions: z.array(companion).optional(),
});
export type AttachmentRecord = z.infer<typeof record>;

type Identity = Pick<AttachedProgram, "id" | "tag" | "loadTime">;

export interface Attachments {
  isOurs(program: Identity): boolean;
  /** null where it is not ours */
  recordOf(program: Identity): AttachmentRecord | null;
  /** what it was built from; null where it is not ours */
  sourceOf(program: Pick<Identity, "id" | "tag">): string | null;
  /** of this boot */
  all(): readonly AttachmentRecord[];
  /** @param object for programs of it that are loaded later; null where it has none */
  remember(entry: Omit<AttachmentRecord, "boot" | "since" | "by" | "companions">, object?: Uint8Array | null): void;
  objectOf(program: Identity): Buffer | null;
  /** beside those that are known; one of the same name is no longer told of */
  addCompanion(program: Identity, companion: Companion): void;
  forget(program: Identity): void;
  /** drops what earlier boots left, and what is in none of the listed programs any more */
  prune(alive: ReadonlySet<number>): void;
}

/** @param by who attaches here: windows may be told to detach theirs when they end */
export function openAttachments(directory: string, by: () => "window" | "command" = () => "command"): Attachments {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const fileOf = (program: number): string => join(directory, `attachment-${boot}-${program}.json`);
  const objectFileOf = (program: number): string => join(directory, `attachment-${boot}-${program}.o`);
  const read = (program: number): AttachmentRecord | null => {
    try {
      const path = fileOf(program);
      const found = record.safeParse(JSON.parse(readFileSync(path, "utf8")));
      if (!found.success) return null;
      return { ...found.data, since: found.data.since ?? Math.floor(statSync(path).mtimeMs / 1000) };
    } catch {
      return null;
    }
  };
  const find = ({ id, tag }: Pick<Identity, "id" | "tag">): AttachmentRecord | null => {
    const found = read(id);
    return found?.program.tag === tag ? found : null;
  };
  const recordOf = (program: Identity): AttachmentRecord | null => {
    const found = find(program);
    return found?.program.loadTime === program.loadTime ? found : null;
  };
  const all = (): readonly AttachmentRecord[] =>
    readdirSync(directory).flatMap((name) => {
      const found = named.exec(name);
      const entry = found?.[1] === boot && found[3] === "json" ? read(Number(found[2])) : null;
      return entry === null ? [] : [entry];
    });
  /** of a program that an entry of a map runs */
  const ownerOf = ({ id, tag }: Pick<Identity, "id" | "tag">): AttachmentRecord | undefined =>
    all().find(({ companions = [] }) => companions.some(({ program }) => program.id === id && program.tag === tag));
  const write = (entry: AttachmentRecord): void => {
    // at once, since another workbench may read it
    const path = fileOf(entry.program.id);
    writeFileSync(`${path}.new`, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  const remove = (program: number): void => {
    rmSync(fileOf(program), { force: true });
    rmSync(objectFileOf(program), { force: true });
  };
  return {
    isOurs: (program) => recordOf(program) !== null,
    recordOf,
    sourceOf: (program) => (find(program) ?? ownerOf(program))?.source ?? null,
    all,
    remember(entry, object = null) {
      if (object !== null) writeFileSync(objectFileOf(entry.program.id), object, { mode: 0o600 });
      write({ boot, ...entry, since: Math.floor(Date.now() / 1000), by: by() });
    },
    objectOf(program) {
      if (recordOf(program) === null) return null;
      try {
        return readFileSync(objectFileOf(program.id));
      } catch {
        return null;
      }
    },
    addCompanion(program, companion) {
      const entry = recordOf(program);
      if (entry === null) return;
      const others = (entry.companions ?? []).filter((one) => one.program.name !== companion.program.name);
      write({ ...entry, companions: [...others, companion] });
    },
    forget: (program) => remove(program.id),
    prune(alive) {
      for (const name of readdirSync(directory)) {
        const found = named.exec(name);
        if (!found || (found[1] === boot && alive.has(Number(found[2])))) continue;
        const path = join(directory, name);
        // Another workbench may have attached since the programs were listed.
        const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
        if (found[1] !== boot || age > 10_000) rmSync(path, { force: true });
      }
    },
  };
}

const named = /^attachment-(.+)-(\d+)\.(json|o)$/;
