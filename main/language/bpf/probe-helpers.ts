/**
 * Which helpers an XDP program may call on the running kernel: asked of the kernel by the elevated helper process, and
 * kept for this boot of this kernel. Nothing is guessed: without privilege the answer is null.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import * as z from "zod";

export interface HelperProbe {
  /** ids */
  readonly allowed: ReadonlySet<number>;
  /** of those allowed, the ones that want a GPL-compatible license */
  readonly gplOnly: ReadonlySet<number>;
  /** the kernel's highest id */
  readonly last: number;
  readonly release: string;
}

export interface Answer {
  readonly allowed: readonly number[];
  readonly gplOnly: readonly number[];
  readonly last: number;
}

const kept = z.strictObject({
  boot: z.string(),
  release: z.string(),
  allowed: z.array(z.number().int()),
  gplOnly: z.array(z.number().int()),
  last: z.number().int(),
});

export interface ProbeOptions {
  /** of the cache */
  readonly folder: string;
  /** null where there is no elevated helper */
  readonly ask: () => Promise<Answer | null>;
  readonly boot?: string;
}

export async function probeHelpers({ folder, ask, boot = bootId() }: ProbeOptions): Promise<HelperProbe | null> {
  const file = join(folder, "xdp-helpers.json");
  const known = readKept(file, boot);
  if (known !== null) return known;
  const answer = await ask();
  if (answer === null) return null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify({ boot, release: release(), ...answer }), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // it is asked again next time
  }
  return asProbe(answer);
}

function readKept(file: string, boot: string): HelperProbe | null {
  try {
    const checked = kept.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (!checked.success || checked.data.boot !== boot || checked.data.release !== release()) return null;
    return asProbe(checked.data);
  } catch {
    return null;
  }
}

function asProbe({ allowed, gplOnly, last }: Answer): HelperProbe {
  return { allowed: new Set(allowed), gplOnly: new Set(gplOnly), last, release: release() };
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
