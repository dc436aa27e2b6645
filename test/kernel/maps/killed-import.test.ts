/**
 * A file of 100,000 changes is imported (a restore: a third are new, a third have another value, a third go), and the window,
 * main or the helper is killed in the middle. After the restart which rows are in is known, and both ways out are exact.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles } from "../../../build/bundle.mjs";
import type { LoadedObject } from "../../../helper/native/face.ts";
import type { MapHandle } from "../../../helper/native/map-face.ts";
import { socketPipe } from "../../../helper/pipe.ts";
import { connectPeer, type Peer } from "../../../protocol/peer.ts";
import { buildHelper, eventually, failureOf, root, skipReason } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";
import { never, openRooms } from "./changing.ts";
import { importing, progress } from "./importing.ts";

const count = 100_000;
const source = `
struct pair { __u32 own; __u32 generation; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 150000); __type(key, __u32); __type(value, struct pair); } xdpwt_big SEC(".maps");
SEC("xdp") int xdpwt_killed(struct xdp_md *ctx) { __u32 key = 0; return bpf_map_lookup_elem(&xdpwt_big, &key) ? XDP_PASS : XDP_DROP; }
`;
const keysOf = (wanted: (at: number) => boolean): number[] =>
  Array.from({ length: count }, (_, at) => at).filter(wanted);
const wordsOf = (words: readonly number[]): Buffer => Buffer.from(Uint32Array.from(words).buffer);
const all = wordsOf(keysOf(() => true));
const old = keysOf((at) => at % 3 !== 0);
const oldKeys = wordsOf(old);
const oldValues = wordsOf(old.flatMap((at) => [at, 1]));
/** by key: 0 no entry, else its generation */
const before = Uint8Array.from({ length: count }, (_, at) => (at % 3 === 0 ? 0 : 1));
const after = Uint8Array.from({ length: count }, (_, at) => (at % 3 === 2 ? 0 : 2));

interface Main {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  readonly ready: Promise<void>;
  readonly path: string;
}
interface Window {
  readonly peer: Peer<typeof importing, Record<never, never>>;
  readonly socket: Socket;
  onProgress: (done: number) => void;
}

let folder: string;
let loaded: LoadedObject;
let big: MapHandle;
const mains = new Set<Main>();
let serial = 0;

function startMain(): Main {
  const path = join(folder, `main-${(serial += 1)}`);
  const script = join(root, ".cache/tests/import-in-process.js");
  const child = spawn(process.execPath, [script, folder, path], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ready = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  const main: Main = { process: child, ended, ready, path };
  mains.add(main);
  return main;
}

async function openWindow({ path, ready }: Main): Promise<Window> {
  await ready;
  const socket = connect(path);
  await new Promise((resolve) => socket.once("connect", resolve));
  const window = { socket, onProgress: (_done: number): void => undefined };
  const peer = connectPeer(socketPipe(socket), importing, {
    ...{ serves: {}, handlers: {}, sends: {}, hears: progress },
    notified: { progress: ({ done }) => window.onProgress(done) },
  });
  return Object.assign(window, { peer });
}

function elevatedHelperOf(main: Main): number {
  const pid = main.process.pid ?? 0;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  const [helper] = children.filter((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").includes("elevated"));
  if (helper === undefined) throw new Error("main has no elevated helper");
  return helper;
}

function fill(): void {
  big.deleteBatch(all, count);
  big.updateBatch(oldKeys, oldValues, old.length);
}

async function generations(): Promise<Uint8Array> {
  const found = new Uint8Array(count);
  for (let cursor: Buffer | null = null; ; ) {
    const page = await big.readBatch(cursor, 16_384);
    for (let at = 0; at < page.count; at++) {
      found[page.keys.readUInt32LE(at * 4)] = page.values.readUInt32LE(at * 8 + 4);
    }
    cursor = page.cursor;
    if (cursor === null) return found;
  }
}

beforeAll(async () => {
  if (skipReason !== "") return;
  folder = mkdtempSync(join(tmpdir(), "xdpwt-killed-"));
  await bundleFiles(root, [{ from: "test/kernel/maps/import-in-process.ts", to: ".cache/tests/import-in-process.js" }]);
  await buildHelper();
  loaded = await native.loadObject(loading(compile(source), "xdpwt_killed"));
  big = native.openMap(loaded.maps[0]?.id ?? 0);
  const rows = keysOf((at) => at % 3 !== 2).map((at) => `${at},${at},2\n`);
  writeFileSync(join(folder, "big.csv"), `key,own,generation\n${rows.join("")}`);
});
afterAll(async () => {
  for (const main of mains) main.process.kill("SIGKILL");
  await Promise.all([...mains].map(({ ended }) => ended));
  big?.close();
  loaded?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(skipReason !== "")("an import of 100,000 rows that is killed", () => {
  let main: Main | null = null;
  /** started while the one before is still at work: it takes longer than all else */
  let next: Main | null = null;

  it.each(["window", "main", "helper"].flatMap((who) => Array.from({ length: 10 }, (_, at) => [who, at] as const)))(
    "%s, moment %i: which rows are in is known, and both ways out are exact",
    async (who, moment) => {
      main ??= next ?? startMain();
      next = who === "main" ? startMain() : null;
      fill();
      const id = big.info.id;
      let window = await openWindow(main);
      const known = new Set(
        (await window.peer.request("maps.journals", { id })).journals.map(({ journal }) => journal),
      );
      const sides = { id, netns: null, before: null, after: join(folder, "big.csv"), removes: true };
      const plan = await window.peer.request("maps.plan", sides);
      expect(plan).toMatchObject({ added: 33_334, changed: 33_333, removed: 33_333, same: 0, unfit: null });

      let killed = (): void => undefined;
      const dead = new Promise<void>((resolve) => {
        killed = resolve;
      });
      const kill = (): void => {
        if (who === "window") window.socket.destroy();
        else process.kill(who === "main" ? (main?.process.pid ?? 0) : elevatedHelperOf(main as Main), "SIGKILL");
        killed();
      };
      let begun = false;
      window.onProgress = (done) => {
        if (begun || done < moment * 9_000) return;
        begun = true;
        setTimeout(kill, Math.random() * 4);
      };
      const applied = window.peer.request("maps.applyPlan", { plan: plan.plan, title: "import of big.csv" });
      const broken = await applied.then(
        () => null,
        (error: unknown) => error,
      );
      expect(begun).toBe(true);
      await dead;
      // the last batches may have been quicker than the kill
      if (broken !== null) expect(broken).toMatchObject({ failure: { kind: "helper-gone" } });

      if (who === "main") {
        await main.ended;
        mains.delete(main);
        main = next;
        next = null;
      }
      if (who !== "helper") window = await openWindow(main as Main);
      const { peer } = window;
      const found = async () =>
        (await peer.request("maps.journals", { id })).journals.filter(({ journal }) => !known.has(journal));
      const [entry] = await eventually(found, ([one]) => one !== undefined && one.state !== "running");
      if (entry === undefined) throw new Error("there is no journal of what was begun");
      expect(["interrupted", "applied"]).toContain(entry.state);

      const now = await generations();
      const in_ = keysOf((at) => now[at] === after[at]);
      // that the helper is gone may be noticed by this very request, where all rows were in before it was killed
      const look = () => peer.request("maps.survey", { journal: entry.journal });
      const survey = await look().catch(look);
      expect(survey).toMatchObject({ after: in_.length, before: count - in_.length, other: 0 });
      expect(survey.keys.after.filter((key) => now[Number(key)] !== after[Number(key)])).toEqual([]);
      expect(survey.keys.before.filter((key) => now[Number(key)] !== before[Number(key)])).toEqual([]);

      const [way, wanted] = moment % 2 === 0 ? (["maps.redo", after] as const) : (["maps.undo", before] as const);
      expect(await peer.request(way, { journal: entry.journal })).toMatchObject({ conflictCount: 0, ended: null });
      expect(Buffer.from(await generations()).equals(wanted)).toBe(true);
      expect((await found())[0]?.state).toBe(moment % 2 === 0 ? "applied" : "undone");
      // and the other way round from there
      if (moment < 2) {
        const [back, there] = moment === 0 ? (["maps.undo", before] as const) : (["maps.redo", after] as const);
        expect(await peer.request(back, { journal: entry.journal })).toMatchObject({ conflictCount: 0, ended: null });
        expect(Buffer.from(await generations()).equals(there)).toBe(true);
      }
      window.socket.destroy();
    },
  );

  it.each(["main", "helper"].flatMap((who) => [1, 6].map((moment) => [who, moment] as const)))(
    "with a deadline, %s, moment %i: all is as before, though nobody comes back",
    async (who, moment) => {
      const doomed = startMain();
      fill();
      const window = await openWindow(doomed);
      const { peer, socket } = window;
      const sides = { id: big.info.id, netns: null, before: null, after: join(folder, "big.csv"), removes: true };
      const { plan } = await peer.request("maps.plan", sides);
      let killed = false;
      window.onProgress = (done) => {
        if (killed || done < moment * 9_000) return;
        killed = true;
        process.kill(who === "main" ? (doomed.process.pid ?? 0) : elevatedHelperOf(doomed), "SIGKILL");
      };
      await peer.request("maps.applyPlan", { plan, title: "guarded", confirm: 1 }).catch(() => undefined);
      expect(killed).toBe(true);
      const same = (now: Uint8Array): boolean => Buffer.from(now).equals(before);
      expect(same(await eventually(generations, same, 15_000))).toBe(true);
      socket.destroy();
      doomed.process.kill("SIGKILL");
    },
  );

  it("with a deadline: kept where it is confirmed, taken back where it is not", async () => {
    fill();
    const rooms = openRooms(folder);
    try {
      const call = { token: never };
      const sides = { id: big.info.id, netns: null, before: null, after: join(folder, "big.csv"), removes: true };
      const apply = async (confirm: number) => {
        const { plan } = await rooms.handlers["maps.plan"](sides, call);
        return rooms.handlers["maps.applyPlan"]({ plan, title: "guarded", confirm }, call);
      };
      const stateOf = async (journal: string) =>
        (await rooms.handlers["maps.journals"]({ id: big.info.id }, call)).journals.find(
          (one) => one.journal === journal,
        )?.state;
      const elevated = await rooms.helpers.elevated("test");
      const first = await apply(600);
      expect(first).toMatchObject({
        ended: null,
        guard: { state: "waiting", map: { name: "xdpwt_big", rows: count } },
      });
      expect(await stateOf(first.journal)).toBe("guarded");
      expect((await elevated.request("guards.list", {})).guards.map(({ guard }) => guard)).toContain(
        first.guard?.guard,
      );
      // what somebody changes meanwhile is theirs
      big.update(wordsOf([1]), wordsOf([1, 77]), "any");
      const back = await elevated.request("guards.rollBack", { guard: first.guard?.guard ?? "" });
      expect(back).toMatchObject({
        state: "rolled-back",
        words: expect.stringContaining("99999 rows of xdpwt_big as before, 1 row"),
      });
      rooms.changing.journals.settled({ guards: [back] });
      expect(await stateOf(first.journal)).toBe("undone");
      const now = await generations();
      expect(now[1]).toBe(77);
      now[1] = 1;
      expect(Buffer.from(now).equals(before)).toBe(true);

      fill();
      const second = await apply(600);
      const kept = await elevated.request("guards.confirm", { guard: second.guard?.guard ?? "" });
      expect(kept).toMatchObject({ state: "confirmed", words: "confirmed: 100000 rows of xdpwt_big stay" });
      rooms.changing.journals.settled({ guards: [kept] });
      expect(await stateOf(second.journal)).toBe("applied");
      expect(Buffer.from(await generations()).equals(after)).toBe(true);
    } finally {
      await rooms.helpers.close();
    }
  });
});

describe.skipIf(skipReason !== "")("an import of a map that changes its ways", () => {
  const lone = `
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, __u32); __type(value, __u32); } xdpwt_lone SEC(".maps");
SEC("xdp") int xdpwt_lonely(struct xdp_md *ctx) { __u32 key = 0; return bpf_map_lookup_elem(&xdpwt_lone, &key) ? XDP_PASS : XDP_DROP; }
`;
  const call = { token: never };

  it("is told that it is frozen, or gone, and of every row that it is not in", async () => {
    const rooms = openRooms(folder);
    const file = join(folder, "lone.csv");
    writeFileSync(file, "key,value\n1,1\n2,2\n");
    const object = await native.loadObject(loading(compile(lone), "xdpwt_lonely"));
    let open = true;
    try {
      const id = object.maps[0]?.id ?? 0;
      const plan = async () =>
        rooms.handlers["maps.plan"]({ id, netns: null, before: null, after: file, removes: false }, call);
      const first = await plan();
      native.freezeMap(id);
      const frozen = await rooms.handlers["maps.applyPlan"]({ plan: first.plan, title: "import" }, call);
      expect(frozen).toMatchObject({ done: 0, untouched: 2, ended: expect.stringContaining("(EPERM)") });
      expect(frozen.ended).toContain("map xdpwt_lone is frozen or read-only: nothing can be written to it any more");
      const survey = await rooms.handlers["maps.survey"]({ journal: frozen.journal }, call);
      expect(survey).toMatchObject({ after: 0, before: 2, other: 0, keys: { before: ["1", "2"] } });
      // from now on that is known before
      expect((await plan()).unfit).toContain("frozen");

      const peer = await rooms.helpers.elevated("test");
      object.close();
      open = false;
      const isThere = async (): Promise<boolean> => {
        const { maps } = await peer.request("maps.list", {});
        return maps.some((one) => one.id === id);
      };
      // the helper keeps what it used a moment ago
      expect(await eventually(isThere, (there) => !there, 15_000)).toBe(false);
      expect(await failureOf(rooms.handlers["maps.redo"]({ journal: frozen.journal }, call))).toMatchObject({
        kind: "not-found",
        message: expect.stringContaining(`there is no map id ${id} (any more)`),
      });
    } finally {
      if (open) object.close();
      await rooms.helpers.close();
    }
  });
});
