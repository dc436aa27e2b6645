/**
 * The workbench's contract on sample data, served to the built window: for looking at every view without a kernel.
 */
import { fakeChanges } from "./fake-changes.ts";
import { fakeMapFiles } from "./fake-map-files.ts";
import { type Attaching, type AttachingKnobs, calm, fakeAttaching } from "./fake-attaching.ts";
import type { InterfaceCounters } from "../../protocol/interface-details.ts";
import type { AttachedProgram, NetworkInterface } from "../../protocol/interfaces.ts";
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { HelperState } from "../../protocol/session.ts";
import type { Row } from "../../protocol/maps.ts";
import { checkSettings, defaultSettings } from "../../protocol/settings.ts";
import { createWalks } from "../../main/verify/walks.ts";
import { nothingToKeep, outcomesOf, planOf, type ReloadKnobs, variableMaps, variableTables } from "./fake-reload.ts";
import { type FileKnobs, fakeFiles } from "./fake-files.ts";
import { type Client, serveWindow } from "./fake-server.ts";
import { fakeManaging } from "./fake-managing.ts";
import { fakeRows } from "./fake-rows.ts";
import { codeOf, treeOf } from "./fake-code.ts";
import { type FakeRedirects, fakeRedirects } from "./fake-redirects.ts";
import * as sample from "./fake-state.ts";

export interface Fake {
  readonly url: string;
  /** what tests turn: privilege, a foreign program, a file changed by somebody else, … */
  readonly knobs: Knobs;
  setHelper(state: Partial<HelperState>): void;
  /** what is listed from now on; the window is told */
  changeInterfaces(change: (all: NetworkInterface[]) => NetworkInterface[]): void;
  /** how often the window asked for an interface's counters */
  counted(): number;
  count(packets: number): void;
  readonly redirects: FakeRedirects;
  dropConnections(): void;
  /** every deadline ends now */
  expire(): void;
  close(): Promise<void>;
}
export interface Knobs extends FileKnobs {
  noPrivilege: boolean;
  refuse: boolean;
  /** what a newer build would keep, and what was loaded last */
  reload: ReloadKnobs;
  attaching: AttachingKnobs;
}

/** `built`: the folder of the built window */
export async function startFake(built: string): Promise<Fake> {
  const knobs: Knobs = {
    ...{ noPrivilege: false, changedOnDisk: false, refuse: false },
    ...{ reload: nothingToKeep(), attaching: calm(), draftsHeld: Promise.resolve() },
  };
  const clients = new Set<Client>();
  let settings = defaultSettings;
  const settingsState = () => ({ path: "/home/ada/.config/xdp-workbench/settings.json", settings, problems: [] });
  const tables = new Map([...sample.tables(), ...variableTables()]);
  const watched = new Set<number>();
  const walks = createWalks();
  let lab = false;
  let moved = 0;
  let edit = (all: NetworkInterface[]): NetworkInterface[] => all;
  const attached = new Map<string, AttachedProgram>([["/docker0", sample.foreign]]);
  let helper: HelperState = {
    state: "ready",
    way: "sudo",
    pid: 4242,
    capabilities: ["bpf", "net_admin", "perfmon", "sys_admin", "net_raw", "sys_ptrace"],
    libbpf: "1.1.2",
    note: "",
  };
  const tell: Client["notify"] = (name, params) => {
    for (const client of clients) client.notify(name, params);
  };
  const redirects = fakeRedirects(tell);
  const interfaces = (): NetworkInterface[] => {
    const all = [
      sample.nic("lo", 1, null, null),
      sample.nic("eth0", 2, null, "virtio_net"),
      sample.nic("docker0", 4, null, "bridge"),
      ...(lab
        ? [
            sample.nic("port0", 2, "xdpw-lab", "veth"),
            sample.nic("port1", 3, "xdpw-lab", "veth"),
            sample.nic("eth0", 2, "xdpw-lab-host0", "veth"),
            sample.nic("eth0", 2, "xdpw-lab-host1", "veth"),
          ]
        : []),
    ];
    return edit(
      all.map((one) => {
        const program = attached.get(sample.keyOfPlace(one));
        return program === undefined ? one : { ...one, attached: [program] };
      }),
    );
  };
  const changed = (): void => tell("interfaces.changed", { interfaces: true, programs: true });
  const find = (place: { netns: string | null; name: string }): NetworkInterface =>
    interfaces().find((one) => one.netns === place.netns && one.name === place.name) ??
    fail({
      kind: "not-found",
      message: `find interface ${place.name}: it went away`,
      what: "interface",
      name: place.name,
    });
  const count = (place: { netns: string | null; name: string }): InterfaceCounters => {
    const one = find(place);
    moved += 1;
    const at = moved * 100;
    const grown = (rate: number): string => String(Math.round(at * rate));
    return {
      at,
      link: { ...{ rxPackets: grown(1204.551), txPackets: grown(310), rxDropped: grown(8.12), txDropped: "0" } },
      driver: [
        { name: "rx_queue_0_xdp_packets", value: grown(150.82) },
        { name: "rx_queue_0_xdp_drops", value: grown(1.011) },
        { name: "rx_queue_1_xdp_packets", value: grown(149.2) },
        { name: "rx_queue_1_xdp_drops", value: grown(1.019) },
      ],
      runs: one.attached.map(({ id }) => ({ id, count: grown(300), nanoseconds: grown(300 * 41) })),
    };
  };
  const table = (id: number) =>
    tables.get(id) ?? fail({ kind: "not-found", message: `read map ${id}: it is gone`, what: "map", name: String(id) });
  const rows = fakeRows(table, (state) => tell("rows.changed", state));
  const needPrivilege = (need: string): void => {
    if (knobs.noPrivilege) fail({ kind: "no-privilege", message: `${need} needs root, and sudo was refused`, need });
  };
  const did = (what: string, lines: string[], xdpw: string | null): void =>
    tell("command.added", { at: Date.now(), what, lines, xdpw, ok: true });
  const setRow = (id: number, row: Row): void => {
    const now = table(id);
    const rows = [...now.rows.filter(({ key }) => key !== row.key), row].toSorted((one, other) =>
      one.key < other.key ? -1 : 1,
    );
    tables.set(id, { ...now, rows, total: rows.length });
  };
  const removeRow = (id: number, key: string): void => {
    const now = table(id);
    const rows = now.rows.filter((row) => row.key !== key);
    tables.set(id, { ...now, rows, total: rows.length });
  };

  const attaching: Attaching = fakeAttaching({
    ...{ knobs: knobs.attaching, attached, find, needPrivilege, changed, did },
    tellGuards: (list) => tell("guards.changed", list),
    outcomes(load) {
      knobs.reload.loaded = (load as typeof knobs.reload.loaded) ?? null;
      return outcomesOf(knobs.reload, load as Parameters<typeof outcomesOf>[1]);
    },
  });

  // What the window does not need yet is left out: the peer refuses it as an unknown method.
  const listMaps = () => {
    const [program] = [...attached].filter(([key]) => key !== "/docker0").map(([, one]) => one);
    const programs = program === undefined ? [] : [{ id: program.id, name: program.name, type: "xdp" }];
    const ours =
      program === undefined ? [] : [...variableMaps, sample.counters, sample.blocklist, sample.perCpu, sample.many];
    const other = {
      ...sample.many,
      id: 90,
      name: "lb_backends",
      programs: [{ id: 77, name: "lb_main", type: "xdp" }],
    };
    return [...ours.map((map) => ({ ...map, programs })), other];
  };
  const handlers: Partial<Handlers<typeof workbench>> = {
    "session.describe": async () => ({
      version: "0.1.0",
      kernel: "6.18.5-amd64",
      user: "ada",
      home: "/home/ada",
      workspace: "/home/ada/xdp",
      toolchain: { clang: "Debian clang version 14.0.6", llc: "Debian LLVM version 14.0.6", sandbox: "bwrap" },
      helper,
      warnings: [],
    }),
    "packets.test": async ({ path }) =>
      fail({ kind: "file", message: `test ${path}: no such file`, path, code: "ENOENT" }),
    "session.unlock": async () => {
      needPrivilege("start the helper");
      helper = { ...helper, state: "ready" };
      tell("helper.changed", helper);
      return helper;
    },
    "session.commands": async () => ({ commands: [] }),
    ...fakeFiles(knobs),
    "settings.read": async () => settingsState(),
    "settings.set": async (patch) => {
      settings = checkSettings({ ...settings, ...patch }).settings;
      return settingsState();
    },
    "build.build": async ({ input: { path, text } }) => sample.buildOf(path, text ?? ""),
    "verify.verify": async ({ input: { path, text }, pipeline, load }) => {
      needPrivilege("ask the verifier");
      knobs.reload.verified = load ?? null;
      const verdict = sample.verdictOf(path, text ?? "");
      const logs = new Map(verdict.programs.map(({ name, log }) => [name, log]));
      const accepted = new Set(verdict.programs.flatMap((one) => (one.accepted ? [one.name] : [])));
      const again = () => Promise.resolve(sample.everyStep);
      walks.keep({ object: verdict.build.object ?? "", contents: null, path, source: text, logs, accepted, again });
      if (pipeline === "one-step") return verdict;
      did(
        "verify program.bpf.c",
        [
          "clang -S -target bpf -O2 -emit-llvm -c -g program.bpf.c -o program.ll",
          "llc -march=bpf -filetype=obj -o program.o program.ll",
          "bpftool prog load program.o /sys/fs/bpf/program",
        ],
        `xdpw verify ${path}`,
      );
      return verdict;
    },
    "verify.walk": (params, { token }) => walks.walk(params, token),
    "verify.lines": async (params) => walks.lines(params),
    "verify.steps": async (params) => walks.steps(params),
    "verify.state": async (params) => walks.state(params),
    "verify.log": async (params) => walks.log(params),
    "views.built": async ({ input: { path, text }, kind }) => {
      if (kind === "xlated" || kind === "jited") needPrivilege(`show ${kind} code`);
      const { ok, diagnostics } = sample.buildOf(path, text ?? "");
      return ok
        ? codeOf(kind, path, null)
        : fail({ kind: "build-failed", message: `show ${path}: it does not compile`, diagnostics });
    },
    "views.loaded": async ({ id, kind }) => {
      needPrivilege(`show ${kind} code`);
      return codeOf(kind, "/home/ada/xdp/packet-counters/program.bpf.c", id);
    },
    "views.object": async ({ input: { path } }) =>
      path.endsWith(".bin")
        ? fail({ kind: "bad-object", reason: "no-elf", message: `read ${path}: it is no ELF file` })
        : treeOf(path),
    "interfaces.list": async () => ({ interfaces: interfaces(), skipped: [] }),
    "interfaces.watch": async () => ({}),
    "interfaces.probe": async ({ place }) => ({
      works: true,
      why: `a program was attached to ${place.name} for a moment`,
    }),
    "interfaces.samples": async ({ place }) => {
      const counted = [count(place), count(place), count(place)];
      return {
        driver: counted[0]?.driver.map(({ name }) => name) ?? [],
        samples: counted.map((one) => ({ ...one, driver: one.driver.map(({ value }) => value) })),
      };
    },
    "interfaces.counters": async ({ place }) => count(place),
    "interfaces.describe": async ({ place }) => sample.details(find(place)),
    "attach.plan": async ({ place, load }) => {
      needPrivilege("plan an attach");
      const [now] = place === null ? [] : find(place).attached;
      return planOf(knobs.reload, now ?? null, load);
    },
    ...fakeChanges({ table, set: setRow, remove: removeRow, did: (what) => did(what, [], null) }),
    ...fakeMapFiles({ table, did: (what) => did(what, [], null) }),
    ...attaching.handlers,
    "programs.list": async () => ({
      programs: [...new Map([...attached.values()].map((one) => [one.id, one])).values()].map(({ id, name, tag }) => ({
        id,
        name,
        type: "xdp",
        tag,
        loadTime: "1",
        jited: true,
        xlatedBytes: 800,
        jitedBytes: 1229,
        mapIds: [41],
      })),
    }),
    ...fakeManaging(listMaps),
    "maps.list": async () => ({ maps: listMaps() }),
    ...rows.handlers,
    "maps.table": async ({ id }) => table(id),
    "maps.watch": async ({ id }) => {
      watched.add(id);
      return table(id);
    },
    "maps.unwatch": async ({ id }) => {
      watched.delete(id);
      return {};
    },
    "maps.set": async ({ id, cells, when }) => {
      const now = table(id);
      for (const [index, { align, path, hint, choices }] of now.columns.entries()) {
        const text = cells[index] ?? null;
        if (text !== null && align === "number" && !/^\d+$/.test(text) && choices?.includes(text) !== true) {
          fail({ kind: "bad-value", message: `set ${path}: “${text}” is not a number; give ${hint}`, field: path });
        }
      }
      const first = cells[0] ?? "";
      const old = now.rows.find((row) => row.cells[0] === first);
      if (when === "noexist" && old !== undefined) {
        fail({
          kind: "kernel",
          message: `add the entry ${first}: it is there already`,
          operation: "bpf_map_update_elem",
          errno: 17,
          code: "EEXIST",
          extack: null,
        });
      }
      setRow(id, {
        key: old?.key ?? Buffer.from(first).toString("base64"),
        cells: now.columns.map((_column, index) => cells[index] ?? old?.cells[index] ?? ""),
        label: old?.label ?? null,
        cpus: null,
      });
      did(
        `set ${first} of ${now.map.name}`,
        [`bpftool map update id ${id} key ${first} value …`],
        `xdpw map set id:${id} ${first} …`,
      );
      return {};
    },
    "maps.delete": async ({ id, key }) => {
      const { total } = table(id);
      removeRow(id, key);
      return { deleted: table(id).total < total };
    },
    "lab.up": async () => {
      needPrivilege("make the lab");
      for (const text of ["making namespaces", "waiting until no packet passes"]) {
        tell("lab.progress", { text });
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      lab = true;
      changed();
      did(
        "make the lab",
        ["ip netns add xdpw-lab", "ip link add port0 netns xdpw-lab type veth peer name eth0 netns xdpw-lab-host0"],
        "xdpw lab up",
      );
      return sample.labStatus(true);
    },
    "lab.down": async () => {
      lab = false;
      changed();
      return sample.labStatus(false);
    },
    "lab.status": async () => sample.labStatus(lab),
    ...redirects.handlers,
    "lab.traffic": async ({ count, protocol }) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      fake.count(count);
      return {
        netns: "xdpw-lab-host0",
        sent: count,
        arrived: count,
        replied: protocol === "udp" ? null : count,
        nanoseconds: "4200000",
      };
    },
  };

  const server = await serveWindow(built, {
    handlers: handlers as Handlers<typeof workbench>,
    clients,
    refuses: () => knobs.refuse,
  });
  const fake: Fake = {
    url: server.url,
    knobs,
    setHelper(state) {
      helper = { ...helper, ...state };
      tell("helper.changed", helper);
    },
    counted: () => moved,
    redirects,
    changeInterfaces(change) {
      edit = change;
      changed();
    },
    count(packets) {
      const before = Number(table(41).rows[2]?.cells[1] ?? 0);
      setRow(41, sample.counterRow(2, before + packets, false));
      rows.changed(41);
      if (watched.has(41))
        tell("maps.changed", { id: 41, rows: [sample.counterRow(2, before + packets, false)], removed: [], total: 5 });
    },
    expire: () => attaching.expire(),
    dropConnections: server.drop,
    async close() {
      attaching.close();
      await server.close();
    },
  };
  return fake;
}
