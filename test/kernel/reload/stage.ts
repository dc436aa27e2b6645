/** A veth pair in namespaces of its own, a workbench's rooms over it, and packets to count. */
import "vscode-jsonrpc/node";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachInput } from "../../../main/attach/attach-input.ts";
import { type Attachments, openAttachments } from "../../../main/attach/attachments.ts";
import { detachPlace } from "../../../main/attach/detach-place.ts";
import { planReload } from "../../../main/attach/plan-reload.ts";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { readTable } from "../../../main/maps/read-table.ts";
import type { Attachment } from "../../../protocol/attach.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import type { Table } from "../../../protocol/maps.ts";
import type { LoadOptions, MapPlan, ReloadPlan } from "../../../protocol/reload.ts";
import { buildHelper, execute, uniqueName } from "../helper/harness.ts";
import { native } from "../native/support.ts";

interface AttachOptions {
  readonly replace?: number;
  readonly confirmWithin?: number;
}

export interface Stage {
  readonly helpers: HelperPool;
  readonly attachments: Attachments;
  readonly place: Place;
  plan(text: string, load?: LoadOptions): Promise<ReloadPlan>;
  attach(text: string, load?: LoadOptions, options?: AttachOptions): Promise<Attachment>;
  detach(): Promise<void>;
  /** packets of 60 bytes that reach the interface */
  send(count: number, rate?: number): Promise<void>;
  /** one row's cells by column path; of the first row where no key is given */
  row(map: number, key?: string): Promise<Readonly<Record<string, string>>>;
  table(map: number): Promise<Table>;
  end(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  await buildHelper();
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-reload-"));
  const [box, host] = [uniqueName(), uniqueName()];
  for (const name of [box, host]) await execute("ip", ["netns", "add", name]);
  await execute("ip", ["-n", box, "link", "add", "port", "type", "veth", "peer", "name", "peer", "netns", host]);
  for (const [name, link] of [
    [box, "port"],
    [host, "peer"],
  ] as const) {
    // no packets but the test's own
    await execute("ip", ["-n", name, "link", "set", link, "addrgenmode", "none"]);
    await execute("ip", ["-n", name, "link", "set", link, "up"]);
  }
  const helpers = createHelperPool({
    asking: { terminal: false },
    changed: () => undefined,
    progress: () => undefined,
  });
  const attachments = openAttachments(folder);
  const peer = await helpers.elevated("test");
  const { interfaces } = await peer.request("interfaces.list", {});
  const find = (netns: string, name: string): Place => {
    const device = interfaces.find((one) => one.netns === netns && one.name === name);
    if (device === undefined) throw new Error(`no ${name} in ${netns}`);
    return { netns, name, ifindex: device.ifindex };
  };
  const [place, from] = [find(box, "port"), find(host, "peer")];
  const input = (text: string) => ({ path: join(folder, "program.bpf.c"), text });
  const stage: Stage = {
    helpers,
    attachments,
    place,
    plan: (text, load) =>
      planReload(helpers, attachments, { input: input(text), program: null, place, ...(load && { load }) }),
    async attach(text, load, options) {
      const params = {
        input: input(text),
        program: null,
        place,
        mode: "native" as const,
        replace: options?.replace ?? null,
        ...(options?.confirmWithin !== undefined && { confirmWithin: options.confirmWithin }),
      };
      return (await attachInput(helpers, attachments, { ...params, ...(load && { load }) })).attachment;
    },
    async detach() {
      await detachPlace(helpers, attachments, { place, replace: null });
    },
    async send(count, rate = 0) {
      const frames = Buffer.alloc(60, 0xff);
      frames.writeUInt16BE(0x88b5, 12);
      const netns = `/run/netns/${host}`;
      await native.sendFrames({ netns, ifindex: from.ifindex, frames, frameLength: 60, count, rate });
    },
    table: (map) => readTable(helpers, attachments, map),
    async row(map, key) {
      const { columns, rows } = await readTable(helpers, attachments, map);
      const found = key === undefined ? rows[0] : rows.find(({ cells }) => cells[0] === key);
      return Object.fromEntries(columns.map(({ path }, index) => [path, found?.cells[index] ?? ""]));
    },
    async end() {
      await helpers.close();
      for (const name of [box, host]) await execute("ip", ["netns", "del", name]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

export function mapOf(attachment: Attachment, name: string): number {
  const found = attachment.maps.find((map) => map.name === name);
  if (found === undefined) throw new Error(`no map ${name} among ${attachment.maps.map((map) => map.name).join(", ")}`);
  return found.id;
}

export function planOf(plan: ReloadPlan, name: string): MapPlan {
  const found = plan.maps.find((map) => map.name === name);
  if (found === undefined) throw new Error(`no map ${name} in the plan`);
  return found;
}

export const headers = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
`;
export const license = `char _license[] SEC("license") = "GPL";\n`;

/** counts packets and bytes in one entry of `map`; `value` is the C of struct counts */
export function counter(value: string, extra = "", { type = "ARRAY", entries = 4, more = "" } = {}): string {
  return `${headers}
struct counts { ${value} };
struct { __uint(type, BPF_MAP_TYPE_${type}); __uint(max_entries, ${entries}); __type(key, __u32); __type(value, struct counts); } stats SEC(".maps");
${extra}
SEC("xdp") int count(struct xdp_md *ctx) {
  __u32 key = 2;
  struct counts zero = {}, *counts = bpf_map_lookup_elem(&stats, &key);
  if (!counts) { bpf_map_update_elem(&stats, &key, &zero, BPF_NOEXIST); counts = bpf_map_lookup_elem(&stats, &key); }
  if (!counts) return XDP_ABORTED;
  __sync_fetch_and_add(&counts->packets, 1);
  ${more}
  return XDP_PASS;
}
${license}`;
}
