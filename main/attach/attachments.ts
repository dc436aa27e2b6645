/**
 * Which attached programs are ours: one small file each in the state directory, named by boot and program id.
 * Ids are handed out again after a reboot and, in the far run, within one: load time and tag tell those apart.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import { place } from "../../protocol/interfaces.ts";
import { id, u64 } from "../../protocol/wire.ts";

const record = z.strictObject({
  boot: z.string(),
  program: z.strictObject({ id, tag: z.string(), loadTime: u64, name: z.string() }),
  place,
  source: z.string(),
});
export type AttachmentRecord = z.infer<typeof record>;

type Identity = Pick<AttachedProgram, "id" | "tag" | "loadTime">;

export interface Attachments {
  isOurs(program: Identity): boolean;
  /** what it was built from; null where it is not ours */
  sourceOf(program: Pick<Identity, "id" | "tag">): string | null;
  remember(entry: Omit<AttachmentRecord, "boot">): void;
  forget(program: Identity): void;
  /** drops what earlier boots left, and what is in none of the listed programs any more */
  prune(alive: ReadonlySet<number>): void;
}

export function openAttachments(directory: string): Attachments {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const fileOf = (program: number): string => join(directory, `attachment-${boot}-${program}.json`);
  const find = ({ id, tag }: Pick<Identity, "id" | "tag">): AttachmentRecord | null => {
    try {
      const found = record.safeParse(JSON.parse(readFileSync(fileOf(id), "utf8")));
      return found.success && found.data.program.tag === tag ? found.data : null;
    } catch {
      return null;
    }
  };
  return {
    isOurs: (program) => find(program)?.program.loadTime === program.loadTime,
    sourceOf: (program) => find(program)?.source ?? null,
    remember(entry) {
      writeFileSync(fileOf(entry.program.id), `${JSON.stringify({ boot, ...entry })}\n`, { mode: 0o600 });
    },
    forget(program) {
      rmSync(fileOf(program.id), { force: true });
    },
    prune(alive) {
      for (const name of readdirSync(directory)) {
        const found = /^attachment-(.+)-(\d+)\.json$/.exec(name);
        if (!found || (found[1] === boot && alive.has(Number(found[2])))) continue;
        const path = join(directory, name);
        // Another workbench may have attached since the programs were listed.
        const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
        if (found[1] !== boot || age > 10_000) rmSync(path, { force: true });
      }
    },
  };
}
