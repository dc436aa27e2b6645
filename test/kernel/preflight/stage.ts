/** A box with two ports, whose other ends are in a host: everything that an attach meets can be set up on them. */
import "vscode-jsonrpc/node";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachInput } from "../../../main/attach/attach-input.ts";
import { type Attachments, openAttachments } from "../../../main/attach/attachments.ts";
import { preflightPlaces } from "../../../main/attach/preflight/preflight.ts";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import type { Attachment } from "../../../protocol/attach.ts";
import { Failed, type Failure } from "../../../protocol/failures.ts";
import type { Place, WantedMode } from "../../../protocol/interfaces.ts";
import type { Fix, Preflight, PreflightLine } from "../../../protocol/preflight.ts";
import { buildHelper, execute, uniqueName } from "../helper/harness.ts";
import { headers, license } from "../reload/stage.ts";

export const programs = {
  pass: `${headers}SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }\n${license}`,
  fragments: `${headers}SEC("xdp.frags") int pass_fragments(struct xdp_md *ctx) { return XDP_PASS; }\n${license}`,
  back: `${headers}SEC("xdp") int send_back(struct xdp_md *ctx) { return XDP_TX; }\n${license}`,
  redirect: `${headers}
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } ports SEC(".maps");
static __attribute__((noinline)) int onwards(__u32 port) { return bpf_redirect_map(&ports, port, 0); }
SEC("xdp") int redirect(struct xdp_md *ctx) { return onwards(1); }
${license}`,
} as const;

export type Here = Preflight["places"][number];

export interface Stage {
  readonly helpers: HelperPool;
  readonly attachments: Attachments;
  /** of programs, for those that want a file */
  readonly folder: string;
  readonly box: string;
  readonly host: string;
  /** port is the box's end, peer the host's; side and far are another such pair */
  readonly places: Readonly<Record<"port" | "side" | "peer" | "far", Place>>;
  ip(netns: string, ...words: readonly string[]): Promise<string>;
  ethtool(netns: string, ...words: readonly string[]): Promise<string>;
  input(text: string): { readonly path: string; readonly text: string };
  preflight(text: string | null, mode: WantedMode, place?: Place): Promise<Here>;
  attach(text: string, mode: WantedMode, replace?: number): Promise<Attachment>;
  fix(fix: Fix): Promise<void>;
  /** takes off whatever is attached to the port, and makes both pairs as new */
  reset(): Promise<void>;
  end(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  await buildHelper();
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-ahead-"));
  const [box, host] = [uniqueName(), uniqueName()];
  for (const name of [box, host]) await execute("ip", ["netns", "add", name]);
  const ip = async (netns: string, ...words: readonly string[]): Promise<string> =>
    (await execute("ip", ["-n", netns, ...words])).stdout;
  const ethtool = async (netns: string, ...words: readonly string[]): Promise<string> =>
    (await execute("nsenter", [`--net=/run/netns/${netns}`, "ethtool", ...words])).stdout;
  const helpers = createHelperPool({
    asking: { terminal: false },
    changed: () => undefined,
    progress: () => undefined,
  });
  const attachments = openAttachments(folder);
  const places = {
    port: { netns: box, ifindex: 11, name: "port" },
    side: { netns: box, ifindex: 12, name: "side" },
    peer: { netns: host, ifindex: 21, name: "peer" },
    far: { netns: host, ifindex: 22, name: "far" },
  } as const;
  const makePair = async (end: Place, other: Place): Promise<void> => {
    const queues = ["numrxqueues", "4", "numtxqueues", "4"];
    await ip(
      box,
      ...[
        "link",
        "add",
        "dev",
        end.name,
        "index",
        `${end.ifindex}`,
        ...queues,
        "type",
        "veth",
        "peer",
        "name",
        other.name,
      ],
      ...["index", `${other.ifindex}`, ...queues, "netns", host],
    );
    for (const { netns, name } of [end, other]) {
      await ip(netns ?? "", "link", "set", "dev", name, "addrgenmode", "none");
      await ethtool(netns ?? "", "-L", name, "rx", "1", "tx", "1");
      await ip(netns ?? "", "link", "set", "dev", name, "up");
    }
  };
  const makePairs = async (): Promise<void> => {
    await makePair(places.port, places.peer);
    await makePair(places.side, places.far);
  };
  await makePairs();
  await helpers.elevated("test");
  const input = (text: string) => ({ path: join(folder, "program.bpf.c"), text });
  return {
    ...{ helpers, attachments, folder, box, host, places, ip, ethtool, input },
    async preflight(text, mode, place = places.port) {
      const rooms = { helpers, attachments, confirmWithin: 30 };
      const asked = { input: text === null ? null : input(text), program: null, places: [place], mode };
      const [here] = (await preflightPlaces(rooms, asked)).places;
      if (here === undefined) throw new Error("nothing was said of the place");
      return here;
    },
    async attach(text, mode, replace) {
      const params = { input: input(text), program: null, place: places.port, mode, replace: replace ?? null };
      return (await attachInput(helpers, attachments, params)).attachment;
    },
    async fix(params) {
      await (await helpers.elevated("test")).request("attach.fix", params);
    },
    async reset() {
      for (const name of ["port", "side"]) await ip(box, "link", "del", name).catch(() => undefined);
      await makePairs();
    },
    async end() {
      await helpers.close();
      for (const name of ["port", "side"]) await ip(box, "link", "del", name).catch(() => undefined);
      for (const name of [box, host]) await execute("ip", ["netns", "del", name]).catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The lines about something; fails nowhere, so that none is an empty list. */
export function about(here: Here, what: PreflightLine["about"]): PreflightLine[] {
  return here.lines.filter((line) => line.about === what);
}

/** The one line about something. */
export function lineOf(here: Here, what: PreflightLine["about"]): PreflightLine {
  const [line, ...others] = about(here, what);
  if (line === undefined || others.length > 0) {
    throw new Error(
      `${others.length + (line === undefined ? 0 : 1)} lines about ${what}: ${JSON.stringify(here.lines)}`,
    );
  }
  return line;
}

/** What the workbench itself would run. */
export function runOf(line: PreflightLine): Fix {
  const run = line.fixes.find((fix) => fix.run !== null)?.run;
  if (run === undefined || run === null) throw new Error(`no fix to run: ${JSON.stringify(line)}`);
  return run;
}

export async function refusalOf(running: Promise<unknown>): Promise<Extract<Failure, { kind: "kernel" }>> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "kernel") return error.failure;
    throw error;
  }
  throw new Error("the kernel did not refuse");
}
