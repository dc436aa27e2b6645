/**
 * What was applied to maps since this boot, one folder each in the state directory: written before the first row is, so that
 * whatever is killed, the next workbench can say which rows are in, and finish or take back what was begun.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type GuardList, guardId } from "../../../protocol/guard.ts";
import { Failed } from "../../../protocol/failures.ts";
import { id, netns, u32 } from "../../../protocol/wire.ts";
import { fileFailure, isErrno } from "../../source/file-failure.ts";
import { type ChangeRows, outcomes } from "./change-rows.ts";

const about = z.strictObject({
  boot: z.string(),
  map: z.strictObject({ id, name: z.string() }),
  netns,
  keySize: u32,
  stride: u32,
  count: u32,
  title: z.string(),
  /** ms since 1970 */
  at: z.number(),
  added: u32,
  replaced: u32,
  removed: u32,
  towards: z.enum(["applied", "undone"]),
  /** whether it got there */
  whole: z.boolean(),
  /** the processes that are at it, or were: pid and clock tick of the start of main, and of its elevated helper */
  owners: z.array(z.string()),
  /** what takes it back unless it is confirmed, until when (ms since 1970) it says so; left out once it has decided */
  guard: z.strictObject({ id: guardId, until: z.number().nullable() }).optional(),
});
export type About = z.infer<typeof about>;

export interface Journal {
  /** 16 hex digits */
  readonly name: string;
  readonly about: About;
  /** whether the process that is at it lives */
  readonly running: boolean;
}

export interface Journals {
  /** those that this process is at */
  readonly busy: Set<string>;
  /** written before it resolves; `helper`: pid of the elevated one. @throws Failed `file` */
  begin(
    of: Omit<About, "boot" | "at" | "owners" | "towards" | "whole">,
    rows: ChangeRows,
    helper: number,
  ): Promise<Journal>;
  /** of this boot, the latest first */
  list(): readonly Journal[];
  /** @throws Failed `not-found` */
  find(name: string): Journal;
  rows(journal: Journal): ChangeRows;
  /** outcomes of its first rows, as far as they were noted; a crash may have lost the last ones */
  noted(journal: Journal): Uint8Array;
  /** those of the rows that follow what was noted before */
  note(journal: Journal, outcomes: Uint8Array): void;
  /** in place of all that was noted */
  renote(journal: Journal, outcomes: Uint8Array): void;
  mark(journal: Journal, change: Pick<About, "towards" | "whole" | "guard">, helper: number): Journal;
  /** what guards have decided */
  settled(list: GuardList): void;
  forget(name: string): void;
}

const kept = 200;
/** behind the name of a folder until all is in it */
const unfinished = "~";
/** ms */
const writtenWithin = 10 * 60_000;
/** written at a time */
const pieceBytes = 8 * 1024 * 1024;
/** on disk; the rows of a million entries take some 50 MB */
const keptBytes = 2 ** 30;

export function openJournals(state: () => string): Journals {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const busy = new Set<string>();
  const self = ownerOf(process.pid) ?? "";
  const owners = (helper: number): string[] => [self, ownerOf(helper) ?? ""];
  const folder = (): string => join(state(), "map-changes");
  const placeOf = (name: string): string => join(folder(), name);
  const read = (name: string): Journal | null => {
    try {
      const found = about.safeParse(JSON.parse(readFileSync(join(placeOf(name), "about.json"), "utf8")));
      if (!found.success || found.data.boot !== boot) return null;
      const { owners, whole } = found.data;
      // a helper ends the batch that it is at, though main be gone
      const running = owners.includes(self) ? busy.has(name) : owners.some(lives);
      return { name, about: found.data, running: !whole && running };
    } catch {
      return null;
    }
  };
  const list = (): readonly Journal[] =>
    namesIn(folder())
      .flatMap((name) => (name.endsWith(unfinished) ? [] : (read(name) ?? [])))
      .toSorted((one, other) => other.about.at - one.about.at);
  const write = (name: string, now: About): Journal => {
    const path = join(placeOf(name), "about.json");
    writeFileSync(`${path}~`, JSON.stringify(now), { mode: 0o600 });
    renameSync(`${path}~`, path);
    return { name, about: now, running: busy.has(name) };
  };
  /** what an earlier boot left, what was never finished being written, and the oldest of many */
  const sweep = (): void => {
    const alive = list();
    let room = keptBytes;
    const roomy = alive.filter(({ name }) => (room -= bytesOf(join(placeOf(name), "rows.bin"))) >= 0);
    const wanted = new Set(roomy.slice(0, kept).map(({ name }) => name));
    for (const one of alive) if (one.running) wanted.add(one.name);
    for (const name of namesIn(folder())) {
      if (wanted.has(name) || isBeingWritten(name, placeOf(name))) continue;
      rmSync(placeOf(name), { recursive: true, force: true });
    }
  };
  return {
    busy,
    async begin(of, rows, helper) {
      const name = randomBytes(8).toString("hex");
      const path = `${placeOf(name)}${unfinished}`;
      try {
        sweep();
        await mkdir(path, { recursive: true, mode: 0o700 });
        await writeRowsFile(join(path, "rows.bin"), rows, of);
        writeFileSync(join(path, "outcomes.bin"), "", { mode: 0o600 });
        const now: About = { ...of, boot, at: Date.now(), owners: owners(helper), towards: "applied", whole: false };
        writeFileSync(join(path, "about.json"), JSON.stringify(now), { mode: 0o600 });
        renameSync(path, placeOf(name));
        return { name, about: now, running: busy.has(name) };
      } catch (error) {
        rmSync(path, { recursive: true, force: true });
        if (!isErrno(error)) throw error;
        throw fileFailure("keep a journal of the changes in", path, error);
      }
    },
    list,
    find(name) {
      const found = read(name);
      if (found !== null) return found;
      throw new Failed({
        kind: "not-found",
        message: `there are no changes ${name} (any more): a journal is kept until the next boot, the latest ${kept} of them, 1 GiB at most`,
        what: "journal",
        name,
      });
    },
    rows({ name, about: { count, keySize, stride } }) {
      const all = readFileSync(join(placeOf(name), "rows.bin"));
      let from = 0;
      const take = (length: number): Buffer => all.subarray(from, (from += length));
      return {
        ...{ count, keySize, stride },
        kinds: take(count),
        keys: take(count * keySize),
        olds: take(count * stride),
        news: take(count * stride),
      };
    },
    noted({ name }) {
      try {
        return readFileSync(join(placeOf(name), "outcomes.bin"));
      } catch {
        return new Uint8Array(0);
      }
    },
    note({ name }, bytes) {
      appendFileSync(join(placeOf(name), "outcomes.bin"), bytes);
    },
    renote({ name }, bytes) {
      const path = join(placeOf(name), "outcomes.bin");
      writeFileSync(`${path}~`, bytes, { mode: 0o600 });
      renameSync(`${path}~`, path);
    },
    mark: ({ name, about: now }, change, helper) => write(name, { ...now, ...change, owners: owners(helper) }),
    settled({ guards }) {
      for (const { guard, map, state } of guards) {
        const found = map === undefined || state === "waiting" || state === "failed" ? null : read(map.journal);
        if (found === null || found.about.guard?.id !== guard) continue;
        const { guard: _over, ...now } = found.about;
        write(found.name, state === "rolled-back" ? { ...now, towards: "undone", whole: true } : now);
      }
    },
    forget(name) {
      rmSync(placeOf(name), { recursive: true, force: true });
    },
  };
}

/** Rows that this journal's changes made as they are: what was noted, and beyond it whatever the map says. */
export function madeByUs(noted: Uint8Array, count: number): Uint8Array {
  const made = new Uint8Array(count).fill(1);
  const ours: ReadonlySet<number> = new Set([outcomes.done, outcomes.overwritten, outcomes.removedAfter]);
  for (let at = 0; at < Math.min(noted.length, count); at++) made[at] = ours.has(noted[at] ?? 0) ? 1 : 0;
  return made;
}

/** "pid start", as /proc/PID/stat has it: a pid is given again, a pid and its start are not. Null where it is gone. */
function ownerOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
  } catch {
    return null;
  }
}

function lives(owner: string): boolean {
  return owner !== "" && ownerOf(Number(owner.split(" ")[0])) === owner;
}

function bytesOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * It need not reach the disk: it is to outlive processes, and after the next boot it is worth nothing. What additions have
 * before, and removals after them, is zeros: where there is nothing else, a hole in the file.
 */
async function writeRowsFile(
  path: string,
  rows: ChangeRows,
  { added, removed }: Pick<About, "added" | "removed">,
): Promise<void> {
  const { count, kinds, keys, olds, news } = rows;
  const file = await open(path, "w", 0o600);
  let place = 0;
  try {
    for (const [part, isHole] of [
      [kinds, false],
      [keys, false],
      [olds, added === count],
      [news, removed === count],
    ] as const) {
      for (let at = 0; at < part.length && !isHole; ) {
        const { bytesWritten } = await file.write(part, at, Math.min(part.length - at, pieceBytes), place + at);
        at += bytesWritten;
      }
      place += part.length;
    }
    await file.truncate(place);
  } finally {
    await file.close();
  }
}

/** By another workbench, perhaps; what a crash left is swept away later. */
function isBeingWritten(name: string, path: string): boolean {
  if (!name.endsWith(unfinished)) return false;
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - since < writtenWithin;
}
