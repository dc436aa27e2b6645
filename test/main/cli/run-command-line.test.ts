import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { describe, expect, it } from "vitest";
import { commands } from "../../../main/cli/commands.ts";
import { runCommandLine } from "../../../main/cli/run-command-line.ts";
import type { Opened } from "../../../main/cli/surroundings.ts";
import type { ElevatedPeer } from "../../../main/helpers/helper-pool.ts";
import type { Workbench, WorkbenchSession } from "../../../main/workbench.ts";
import type { Diagnostic } from "../../../protocol/diagnostic.ts";
import { Failed, fail } from "../../../protocol/failures.ts";
import type { Guard } from "../../../protocol/guard.ts";
import type { AttachedProgram, InterfaceListing, NetworkInterface } from "../../../protocol/interfaces.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";

type Handlers = WorkbenchSession["handlers"];

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly opened: boolean;
  readonly closed: boolean;
}

interface Fake {
  readonly handlers?: Partial<Handlers>;
  readonly peer?: (method: string, params: Record<string, unknown>) => unknown;
  readonly cancelled?: boolean;
}

/** A workbench whose handlers and helper are what the test says; everything else is refused. */
async function run(argv: readonly string[], { handlers = {}, peer, cancelled = false }: Fake = {}): Promise<Run> {
  const said = { out: "", err: "", opened: false, closed: false };
  const source = new CancellationTokenSource();
  if (cancelled) source.cancel();
  const elevated = {
    request: async (method: string, params: Record<string, unknown>) => {
      if (peer === undefined) throw new Error(`unexpected ${method}`);
      // layouts are kept by whole names
      if (method === "maps.list" && argv[0] === "map" && argv[2] === "id:5") return { maps: [] };
      return peer(method, params);
    },
  } as unknown as ElevatedPeer;
  const helpers = {
    elevated: async () => elevated,
    elevatedIfFree: async () => elevated,
    plain: () => Promise.reject(new Error("no compiler here")),
  } as unknown as Workbench["helpers"];
  const status = await runCommandLine(argv, commands, {
    cwd: "/src",
    environment: {},
    terminal: { stdout: false, stderr: false },
    stdout: async (text) => {
      said.out += typeof text === "string" ? text : Buffer.from(text).toString();
    },
    stderr: (text) => {
      said.err += text;
    },
    person: null,
    version: () => "1.2.3",
    open: async () => {
      said.opened = true;
      const journals = { list: () => [] };
      const shapes = { of: () => ({ key: null, value: null, formats: {} }) };
      const close = async (): Promise<void> => void (said.closed = true);
      const workbench = { helpers, journals, shapes, close } as unknown as Workbench;
      return { workbench, handlers: handlers as Handlers, token: source.token } satisfies Opened;
    },
  });
  return { status, ...said };
}

const port0: NetworkInterface = {
  ifindex: 11,
  name: "port0",
  netns: "box",
  driver: "veth",
  mac: "02:00:00:00:00:01",
  mtu: 1500,
  up: true,
  features: ["basic"],
  modes: ["native", "skb"],
  attached: [{ mode: "native", id: 7, name: "xdp_count", tag: "0123456789abcdef", jited: true, loadTime: "9" }],
};
const eth0: NetworkInterface = { ...port0, ifindex: 2, name: "eth0", netns: null, attached: [] };
const listing: InterfaceListing = { interfaces: [eth0, port0], skipped: [] };
const ours = {
  ...{ place: { netns: "box", ifindex: 11, name: "port0" }, program: port0.attached[0] as AttachedProgram },
  ...{ source: "/src/count.bpf.c", since: Date.now() / 1000 - 125 },
};
const listed = {
  "interfaces.list": async () => listing,
  "attach.ours": async () => ({ attachments: [ours] }),
  "guards.list": async () => ({ guards: [] }),
};

describe("what needs no workbench opens none", () => {
  it("version, help and mistakes", async () => {
    expect(await run(["--version"])).toMatchObject({ status: 0, out: "xdpw 1.2.3\n", opened: false });
    expect(await run(["status", "--help"])).toMatchObject({ status: 0, opened: false });
    const wrong = await run(["status", "--dve"]);
    expect(wrong).toMatchObject({ status: 2, out: "", opened: false });
    expect(wrong.err).toContain("do you mean --dev?");
  });
  it("a mistake in JSON mode is one JSON value", async () => {
    const { status, out, err } = await run(["status", "--dve", "--json"]);
    expect({ status, err }).toEqual({ status: 2, err: "" });
    expect(JSON.parse(out)).toMatchObject({ failure: { kind: "usage" } });
  });
});

describe("a command", () => {
  it("prints for people, and closes the workbench", async () => {
    const { status, out, closed } = await run(["status"], { handlers: listed });
    expect({ status, closed }).toEqual({ status: 0, closed: true });
    expect(out).toContain(
      "box    port0      up     1500  veth    native,skb  native id 7 xdp_count tag 0123456789abcdef jited",
    );
    expect(out).toContain("port0 in box  id 7  ours for 2 min 5 s, from /src/count.bpf.c");
  });
  it("prints the documented JSON", async () => {
    const { out } = await run(["status", "--netns", "box", "--json"], { handlers: listed });
    expect(JSON.parse(out)).toEqual([
      {
        ...{ ifindex: 11, name: "port0", netns: "box", driver: "veth", mtu: 1500, up: true },
        ...{ features: ["basic"], modes: ["native", "skb"] },
        attached: [
          {
            ...{ mode: "native", id: 7, name: "xdp_count", tag: "0123456789abcdef", jited: true },
            ...{ ours: true, source: "/src/count.bpf.c", since: ours.since, guard: null },
          },
        ],
      },
    ]);
  });
  it("tells the foreign from what is ours, and a deadline that runs", async () => {
    const waiting = {
      ...{ guard: "0123456789abcdef", state: "waiting" as const, seconds: 30, secondsLeft: 12.4, words: "" },
      targets: [{ place: ours.place, program: ours.program, previous: null }],
    };
    const handlers = {
      ...{ ...listed, "attach.ours": async () => ({ attachments: [] }) },
      "guards.list": async () => ({ guards: [waiting] }),
    };
    const { out } = await run(["status"], { handlers });
    expect(out).toContain("port0 in box  id 7  foreign; rolled back in 13 s unless: xdpw confirm 0123456789abcdef");
    const json = await run(["status", "--netns", "box", "--json"], { handlers });
    const guard = { id: "0123456789abcdef", seconds_left: 12.4 };
    expect(JSON.parse(json.out)).toMatchObject([{ attached: [{ ours: false, source: null, since: null, guard }] }]);
  });
  it("detaches one or all of ours, and says what stays", async () => {
    for (const words of [[], ["--dev", "port0", "--all"], ["--all", "--netns", "box"], ["--all", "--replace", "7"]]) {
      expect(await run(["detach", ...words])).toMatchObject({ status: 2 });
    }
    const { place, program } = ours;
    const all = { detached: [{ place, program }], failed: [{ place, program, why: "it is busy" }] };
    const handlers = { "attach.detachAll": async () => all };
    const told = await run(["detach", "--all"], { handlers });
    expect(told).toMatchObject({ status: 1 });
    expect(told.out).toContain("stays xdp_count (id 7, native) from port0 in namespace box: it is busy");
    const none = await run(["detach", "--all"], {
      handlers: { "attach.detachAll": async () => ({ detached: [], failed: [] }) },
    });
    expect(none).toMatchObject({ status: 0, out: "nothing of ours is attached\n" });
  });
  it("says in which namespace an interface is, if not here", async () => {
    const { status, err } = await run(["status", "--dev", "port0"], { handlers: listed });
    expect(status).toBe(1);
    expect(err).toBe("xdpw: interface port0: not in this namespace; say --netns box\n");
  });
  it("refuses what the wire would refuse", async () => {
    expect(await run(["status", "--dev", "a/b"])).toMatchObject({ status: 2 });
    expect(await run(["status", "--netns", ".."])).toMatchObject({ status: 2 });
    expect(await run(["lab", "up", "--name", "a b"])).toMatchObject({ status: 2 });
    const traffic = ["lab", "traffic", "--from", "host0", "--to", "port0", "--proto", "udp", "--count"];
    for (const count of ["0", "1e3", "-1x", "10000001"]) {
      expect(await run([...traffic, ...(count.startsWith("-") ? [`--count=${count}`] : [count])])).toMatchObject({
        status: 2,
      });
    }
  });
  it("tells an interface that went away between choice and attach", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xdpwt-"));
    try {
      const object = join(folder, "pass.o");
      writeFileSync(object, compileBpf(`${preamble}\nSEC("xdp") int pass(struct xdp_md *ctx) { return 2; }`));
      const asked: string[] = [];
      const gone = await run(["attach", object, "--netns", "box", "--dev", "port0"], {
        handlers: {
          ...listed,
          "attach.preflight": async () =>
            fail({ kind: "not-found", what: "interface", name: "port0", message: "gone" }),
        },
        // Another of that name is there by the time that it is attached to.
        peer: (method) => {
          asked.push(method);
          return { ...listing, interfaces: [eth0, { ...port0, ifindex: 12 }] };
        },
      });
      expect(gone).toMatchObject({ status: 1, closed: true });
      expect(gone.err).toContain("interface port0 (ifindex 11) went away");
      expect(asked).toContain("interfaces.list");
      expect(asked).not.toContain("attach.prepare");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  it("confirms and rolls back the guard that is meant: the one named, or the only one that waits", async () => {
    const program = port0.attached[0] as AttachedProgram;
    const guardOf = (guard: string, state: Guard["state"]): Guard => ({
      ...{ guard, state, seconds: 30, secondsLeft: state === "waiting" ? 12 : 0, words: `said of ${guard}` },
      targets: [{ place: { netns: "box", ifindex: 11, name: "port0" }, program, previous: null }],
    });
    const [one, two, three] = ["1".repeat(16), "2".repeat(16), "3".repeat(16)] as const;
    const having = (...guards: readonly Guard[]): Fake => ({
      handlers: {
        "guards.list": async () => ({ guards: [...guards] }),
        "guards.confirm": async ({ guard }) => guardOf(guard, guard === three ? "rolled-back" : "confirmed"),
        "guards.rollBack": async ({ guard }) => guardOf(guard, "rolled-back"),
      },
    });
    const waiting = [guardOf(one, "waiting"), guardOf(three, "rolled-back")];
    expect(await run(["confirm"], having(...waiting))).toMatchObject({ status: 0, closed: true });
    expect((await run(["rollback"], having(...waiting))).out).toContain(`said of ${one}`);
    // too late is no success
    const late = await run(["confirm", three, "--json"], having(...waiting));
    expect(late.status).toBe(1);
    expect(JSON.parse(late.out)).toMatchObject({ guard: three, state: "rolled-back", targets: [{ name: "port0" }] });
    const several = await run(["confirm"], having(...waiting, guardOf(two, "waiting")));
    expect(several.status).toBe(1);
    expect(several.err).toContain(`${one} (xdp_count on port0), ${two} (xdp_count on port0)`);
    expect((await run(["rollback"], having())).err).toContain("nothing waits for a word");
    expect((await run(["confirm", two], having(...waiting))).err).toContain(`guard ${two}: there is none`);
    expect(await run(["confirm", "xyz"], having(...waiting))).toMatchObject({ status: 2 });
    expect(await run(["attach", "a.o", "--dev", "port0", "--confirm", "0"])).toMatchObject({ status: 2 });
  });
  it("names a foreign program, and how to replace it, in both forms", async () => {
    const handlers: Partial<Handlers> = {
      ...listed,
      "attach.detach": async ({ replace }) => {
        if (replace === 7) return { place: { netns: "box", ifindex: 11, name: "port0" }, program: attached };
        return fail({
          ...{ kind: "foreign-program", netns: "box", ifindex: 11, mode: "native", program: 7, name: "xdp_count" },
          message: "say --replace 7",
        });
      },
    };
    const [attached = fail({ kind: "usage", message: "" })] = port0.attached;
    const words = ["detach", "--netns", "box", "--dev", "port0"];
    expect(await run(words, { handlers })).toMatchObject({ status: 1, err: "xdpw: say --replace 7\n" });
    const json = await run([...words, "--json"], { handlers });
    expect(JSON.parse(json.out)).toMatchObject({ failure: { kind: "foreign-program", program: 7 } });
    expect(await run([...words, "--replace", "7"], { handlers })).toMatchObject({ status: 0 });
  });
  it("that a signal stopped says so", async () => {
    const up = async (): Promise<never> => {
      throw new Failed({ kind: "cancelled", message: "cancelled" });
    };
    const { status, err, closed } = await run(["lab", "up"], { handlers: { "lab.up": up }, cancelled: true });
    expect({ status, err, closed }).toEqual({ status: 130, err: "xdpw: lab up: interrupted\n", closed: true });
  });
  it("that broke unexpectedly says what and still closes", async () => {
    const broken = await run(["lab", "up", "--json"], {
      handlers: { "lab.up": () => Promise.reject(new Error("the helper could not start: no such file")) },
    });
    expect(broken).toMatchObject({ status: 3, closed: true });
    expect(JSON.parse(broken.out)).toEqual({
      failure: { kind: "internal", message: "the helper could not start: no such file" },
    });
  });
});

describe("verify", () => {
  const program = {
    section: "xdp",
    type: "xdp",
    instructions: 6,
    processed: 6,
    jitedBytes: 40,
    ...{ states: 0, peakStates: 0, stackDepths: [0], verificationMicroseconds: 12 },
    error: "",
    rejection: null,
  };
  const good = { ...program, name: "good", accepted: true, log: "processed 6 insns\n" };
  const bad = { ...program, name: "bad", accepted: false, log: "1: (71) r1\ninvalid access to packet\n" };
  const build = {
    ...{ ok: true, path: "/src/a.c", object: null, stages: [], diagnostics: [], notes: ["set to XDP"] },
    ...{ programs: [], maps: [], milliseconds: 1 },
  };
  const finding = {
    ...{ file: "/src/a.c", line: 9, column: 3, severity: "error", class: "packet-bounds", message: "invalid access" },
  } satisfies Diagnostic;
  const verdict = (programs: readonly (typeof good)[], diagnostics: readonly Diagnostic[]): Partial<Handlers> => ({
    "verify.verify": async () => ({
      build: { ...build, diagnostics: [...build.diagnostics] },
      accepted: diagnostics.length === 0,
      programs: [...programs],
      diagnostics: [...diagnostics],
      milliseconds: 1,
    }),
  });
  it("accepts", async () => {
    const { status, out, err } = await run(["verify", "a.c"], { handlers: verdict([good], []) });
    expect({ status, err }).toEqual({ status: 0, err: "note: set to XDP\n" });
    expect(out).toContain("accepted  good");
  });
  it("rejects with the line and the telling words", async () => {
    const { status, out } = await run(["verify", "a.c"], { handlers: verdict([good, bad], [finding]) });
    expect(status).toBe(1);
    expect(out).toContain("a.c:9:3: error: invalid access (packet-bounds)\n");
    expect(out).toContain("  invalid access to packet\n");
    expect(out).toContain("rejected  bad");
  });
  it("prints the documented JSON", async () => {
    const { out } = await run(["verify", "a.c", "--json"], { handlers: verdict([good, bad], [finding]) });
    const brief = { section: "xdp", type: "xdp", instructions: 6 };
    expect(JSON.parse(out)).toEqual({
      accepted: false,
      programs: [
        { ...brief, name: "good", accepted: true },
        { ...brief, name: "bad", accepted: false },
      ],
      diagnostics: [finding],
      log: "program good:\nprocessed 6 insns\nprogram bad:\n1: (71) r1\ninvalid access to packet\n",
    });
  });
});

describe("maps", () => {
  const summary = {
    ...{ id: 5, name: "table", type: "hash", keySize: 4, valueSize: 4, maxEntries: 8, flags: 0 },
    ...{ btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 },
  };
  const base64 = (...bytes: readonly number[]): string => Buffer.from(bytes).toString("base64");

  it("are dumped to the last page, as one JSON value", async () => {
    const peer = (method: string, params: Record<string, unknown>): unknown => {
      if (method === "maps.describe")
        return { map: summary, valueStride: 4, possibleCpus: 2, btf: null, frozen: false };
      if (method !== "maps.page") throw new Error(method);
      return params["cursor"] === null
        ? { keys: base64(1, 0, 0, 0), values: base64(9, 9, 9, 9), count: 1, cursor: base64(1) }
        : { keys: base64(2, 0, 0, 0), values: base64(8, 8, 8, 8), count: 1, cursor: null };
    };
    const { status, out } = await run(["map", "dump", "id:5", "--json"], { peer });
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual({
      map: { id: 5, name: "table", type: "hash", key_size: 4, value_size: 4, max_entries: 8 },
      entries: [
        { key: "0x01000000", value: "0x09090909" },
        { key: "0x02000000", value: "0x08080808" },
      ],
    });
  });
  it("of devices take an interface's name, meant in the namespace given", async () => {
    const written: unknown[] = [];
    const peer = (method: string, params: Record<string, unknown>): unknown => {
      switch (method) {
        case "maps.describe":
          return { map: { ...summary, type: "devmap" }, valueStride: 4, possibleCpus: 2, btf: null, frozen: false };
        case "interfaces.list":
          return listing;
        case "maps.lookup":
          return { value: written.length === 0 ? null : base64(11, 0, 0, 0) };
        case "maps.update":
          written.push(params);
          return {};
        default:
          throw new Error(method);
      }
    };
    const words = ["map", "set", "id:5", "1"];
    const { status, out } = await run([...words, "port0", "--netns", "box", "--json"], { peer });
    expect({ status, written }).toEqual({
      status: 0,
      written: [{ id: 5, key: base64(1, 0, 0, 0), value: base64(11, 0, 0, 0), when: "any", netns: "box" }],
    });
    expect(JSON.parse(out)).toMatchObject({ key: 1, value: 11 });
    const elsewhere = await run([...words, "port0", "--json"], { peer });
    expect(JSON.parse(elsewhere.out)).toMatchObject({ failure: { kind: "bad-value", field: "ifindex" } });
    expect(elsewhere.status).toBe(1);
  });
  it("say which id has a missing or an ambiguous name", async () => {
    const peer = (method: string): unknown => {
      if (method !== "maps.list") throw new Error(method);
      const programs: unknown[] = [];
      return {
        maps: [
          { ...summary, programs },
          { ...summary, id: 6, programs },
        ],
      };
    };
    expect((await run(["map", "dump", "table"], { peer })).err).toContain("say id:5 or id:6");
    expect((await run(["map", "dump", "tabel"], { peer })).err).toContain("there is table (id 5)");
    expect(await run(["map", "dump", "id:x"], { peer })).toMatchObject({ status: 2 });
  });
});
