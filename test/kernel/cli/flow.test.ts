/** The main job by command line: lab, attach, traffic, maps, status; what `ip` says is what xdpw says. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { isRoot, needsRoot, openScene, type Scene, template } from "./run-xdpw.ts";

const run = promisify(execFile);
const counters = template("packet-counters");
let scene: Scene;
let box: string;
let port0: readonly string[];

beforeAll(async () => {
  if (!isRoot) return;
  scene = openScene();
  box = `${scene.lab}-box`;
  port0 = ["--netns", box, "--dev", "port0"];
  const up = await scene.run("lab", "up", "--name", scene.lab, "--json");
  expect(up).toMatchObject({ status: 0, json: { name: scene.lab, state: "up", box } });
});
afterAll(async () => {
  if (isRoot) await scene.end();
});
beforeEach((context) => context.skip(!isRoot, needsRoot));

const status = z.tuple([
  z.looseObject({
    name: z.literal("port0"),
    attached: z.array(z.object({ mode: z.string(), id: z.number(), tag: z.string(), jited: z.boolean() })),
  }),
]);
const ipLink = z.tuple([
  z.looseObject({ xdp: z.looseObject({ prog: z.looseObject({ id: z.number(), tag: z.string() }) }).optional() }),
]);
const dump = z.object({
  map: z.object({
    id: z.number(),
    name: z.string(),
    type: z.string(),
    key_size: z.number(),
    value_size: z.number(),
    max_entries: z.number(),
  }),
  entries: z.array(z.object({ key: z.unknown(), value: z.unknown() })),
});
const counts = z.object({ rx_packets: z.string(), rx_bytes: z.string() });

async function passed(): Promise<{ packets: number; id: number }> {
  const { map, entries } = dump.parse((await scene.run("map", "dump", "xdp_stats_map", ...port0, "--json")).json);
  expect(entries).toHaveLength(5);
  const { value } = entries.find(({ key }) => key === 2) ?? {};
  return { packets: Number(counts.parse(value).rx_packets), id: map.id };
}

describe.each([
  { mode: "native", shown: "xdp" },
  { mode: "skb", shown: "xdpgeneric" },
] as const)("in $mode mode", ({ mode, shown }) => {
  it("attaches, in the lab, what a thousand packets then count", async () => {
    const attached = await scene.run("attach", counters, ...port0, "--mode", mode);
    expect(attached).toMatchObject({ status: 0 });
    expect(attached.out).toMatch(new RegExp(`^attached xdp_count to port0 in namespace ${box}: ${mode}, id \\d+`));

    const before = await passed();
    const words = ["--from", "host0", "--to", "port0", "--proto", "udp", "--count", "1000"];
    const traffic = await scene.run("lab", "traffic", "--name", scene.lab, ...words, "--json");
    expect(traffic).toMatchObject({ status: 0, json: { sent: 1000, arrived: 1000 } });
    expect((await passed()).packets - before.packets).toBe(1000);
  });

  it("says what ip link says", async () => {
    const [device] = status.parse((await scene.run("status", ...port0, "--json")).json);
    const [link] = ipLink.parse(JSON.parse((await run("ip", ["-j", "-n", box, "link", "show", "port0"])).stdout));
    const text = (await run("ip", ["-n", box, "link", "show", "port0"])).stdout;
    expect(text.split("\n")[0]).toMatch(new RegExp(`> mtu \\d+ ${shown} `));
    expect(device.attached).toMatchObject([{ mode, id: link.xdp?.prog.id, tag: link.xdp?.prog.tag }]);
    const table = (await scene.run("status", "--netns", box)).out;
    expect(table).toContain(`${mode} id ${link.xdp?.prog.id} xdp_count tag ${link.xdp?.prog.tag}`);
  });

  it("in full says how often it runs, and what ethtool says", async () => {
    const words = ["--from", "host0", "--to", "port0", "--proto", "udp", "--count", "5000", "--rate", "500"];
    const traffic = scene.start(["lab", "traffic", "--name", scene.lab, ...words]);
    const { out } = await scene.run("status", ...port0, "--full");
    traffic.child.kill("SIGINT");
    await traffic.finished;
    expect(out).toMatch(/runs +[1-9]\d*\/s, \d+ ns a run, (under )?\d+(\.\d+)? % of a CPU/);
    expect(out).toMatch(/^ {2}native +yes +the kernel reports it for this driver$/m);
    const driver = (await run("nsenter", [`--net=/run/netns/${box}`, "ethtool", "-i", "port0"])).stdout;
    for (const line of driver.trimEnd().split("\n")) {
      const [name = "", value = ""] = line.split(/:\s*/, 2);
      expect(out).toMatch(new RegExp(`^ {2}${name} +${value === "" ? "none" : value}$`, "m"));
    }
    // those of XDP come first
    expect(out).toMatch(/^statistics .*\n {2}rx_queue_0_xdp_packets +\d+$/m);
    const [device] = status.parse((await scene.run("status", ...port0, "--full", "--json")).json);
    expect(device).toMatchObject({
      details: { driver: { driver: "veth" }, statistics: { is: "known" }, runs: [{ id: device.attached[0]?.id }] },
    });
    expect(await scene.run("status", "--full")).toMatchObject({ status: 2, out: "" });
  });
});

describe("maps", () => {
  it("are listed with who uses them", async () => {
    const { json, status: exit } = await scene.run("map", "list", ...port0, "--json");
    expect(exit).toBe(0);
    expect(json).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ name: "xdp_stats_map", type: "array", key_size: 4, value_size: 16, max_entries: 5 },
          programs: [expect.objectContaining({ name: "xdp_count", type: "xdp" })],
        }),
      ]),
    );
  });
  it("are read and written by id and by name, in part too", async () => {
    const { id } = await passed();
    const whole = await scene.run(
      "map",
      "set",
      `id:${id}`,
      "1",
      '{"rx_packets":"9007199254740993","rx_bytes":7}',
      "--json",
    );
    const value = { rx_packets: "9007199254740993", rx_bytes: "7" };
    expect(whole).toMatchObject({ status: 0, json: { map: { id }, key: 1, value } });
    const part = await scene.run("map", "set", "xdp_stats_map", "1", '{"rx_bytes":"8"}', ...port0, "--json");
    expect(part).toMatchObject({ status: 0, json: { value: { ...value, rx_bytes: "8" } } });
    const got = await scene.run("map", "get", `id:${id}`, "1", "--json");
    expect(got).toMatchObject({ status: 0, json: { key: 1, value: { ...value, rx_bytes: "8" } } });
    const table = await scene.run("map", "dump", `id:${id}`);
    expect(table.out).toMatch(/^ +1 {2}XDP_DROP +9007199254740993 +8$/m);
  });
  it("of prefixes take and give prefixes, and the data plane follows", async () => {
    expect(await scene.run("attach", template("ipv4-blocklist"), ...port0)).toMatchObject({ status: 0 });
    const block = ["192.0.2.0/24", "{}"];
    const missing = await scene.run("map", "set", "blocklist", ...block, ...port0, "--json");
    expect(missing).toMatchObject({ status: 1, json: { failure: { kind: "bad-value", field: "packets" } } });
    const zero = '{"packets":0,"bytes":0}';
    expect(await scene.run("map", "set", "blocklist", "192.0.2.0/24", zero, ...port0)).toMatchObject({ status: 0 });
    const words = ["--from", "host0", "--to", "port0", "--proto", "icmp", "--count", "10"];
    const blocked = await scene.run("lab", "traffic", "--name", scene.lab, ...words, "--json");
    expect(blocked).toMatchObject({ json: { sent: 10, arrived: 0, replied: 0 } });
    const got = await scene.run("map", "get", "blocklist", "192.0.2.0/24", ...port0, "--json");
    expect(got).toMatchObject({ json: { value: { packets: "10" } } });
    const gone = await scene.run("map", "delete", "blocklist", "192.0.2.0/24", ...port0, "--json");
    expect(gone).toMatchObject({ status: 0, json: { deleted: true } });
    const again = await scene.run("map", "delete", "blocklist", "192.0.2.0/24", ...port0, "--json");
    expect(again).toMatchObject({ status: 1, json: { failure: { kind: "not-found", what: "entry" } } });
    const free = await scene.run("lab", "traffic", "--name", scene.lab, ...words, "--json");
    expect(free).toMatchObject({ json: { sent: 10, arrived: 10, replied: 10 } });
  });
  it("of devices take an interface's name where it is meant", async () => {
    expect(await scene.run("attach", template("l2-forward"), ...port0)).toMatchObject({ status: 0 });
    const names = z.object({
      ports: z.array(z.object({ interface: z.string(), netns: z.string(), ifindex: z.number(), mac: z.string() })),
    });
    const { ports } = names.parse((await scene.run("lab", "status", "--name", scene.lab, "--json")).json);
    const port1 = ports.find((port) => port.interface === "port1");
    const host1 = ports.find((port) => port.netns === `${scene.lab}-host1`);
    const device = await scene.run("map", "set", "tx_ports", "1", "port1", ...port0, "--json");
    expect(device).toMatchObject({ status: 0, json: { key: 1, value: port1?.ifindex } });
    expect((await scene.run("map", "dump", "tx_ports", ...port0)).out).toMatch(/^ *1 {2}port1 +\d+$/m);
    const unknown = await scene.run("map", "set", "tx_ports", "1", "port9", ...port0, "--json");
    expect(unknown).toMatchObject({ status: 1, json: { failure: { kind: "bad-value", field: "ifindex" } } });

    // a port by its interface; the count of packets begins at zero by itself
    const forward = await scene.run("map", "set", "mac_table", host1?.mac ?? "", "port=port1", ...port0, "--json");
    expect(forward).toMatchObject({ status: 0, json: { value: { port: 1, packets: "0" } } });
    const words = ["--from", "host0", "--to", "host1", "--proto", "udp", "--count", "100", "--rate", "2000"];
    const traffic = await scene.run("lab", "traffic", "--name", scene.lab, ...words, "--json");
    expect(traffic).toMatchObject({ status: 0, json: { sent: 100, arrived: 100 } });
  });
});

describe("a section name that libbpf does not know", () => {
  it("is set to XDP, and the user is told", async () => {
    const source = readFileSync(template("pass"), "utf8").replace('SEC("xdp")', 'SEC("xdp_icmp_echo")');
    writeFileSync(`${scene.folder}/odd.bpf.c`, source);
    const attached = await scene.run("attach", "odd.bpf.c", ...port0);
    expect(attached).toMatchObject({ status: 0, err: expect.stringContaining("its type is set to XDP") });
  });
});

describe("what is attached", () => {
  it("is shown with the commands that do the same", async () => {
    const { status: exit, err } = await scene.run("attach", counters, ...port0, "--mode", "native", "--verbose");
    expect(exit).toBe(0);
    expect(err).toMatch(new RegExp(`^\\$ ip -n ${box} (-force )?link set dev port0 xdpdrv object `, "m"));
  });
  it("goes when it is ours", async () => {
    const detached = await scene.run("detach", ...port0, "--json");
    expect(detached).toMatchObject({ status: 0, json: { name: "port0", netns: box, program: { name: "xdp_count" } } });
    expect((await run("ip", ["-n", box, "link", "show", "port0"])).stdout).not.toContain("prog/xdp");
    expect(await scene.run("detach", ...port0)).toMatchObject({ status: 1 });
  });
  it("stays when it is foreign, until it is named", async () => {
    expect(await scene.run("build", counters, "-o", "counters.o")).toMatchObject({ status: 0 });
    const object = `${scene.folder}/counters.o`;
    await run("ip", ["-n", box, "link", "set", "dev", "port0", "xdpdrv", "object", object, "section", "xdp"]);
    const refused = await scene.run("attach", object, ...port0, "--json");
    const { failure } = z
      .object({ failure: z.looseObject({ kind: z.literal("foreign-program"), program: z.number() }) })
      .parse(refused.json);
    expect(refused.status).toBe(1);
    expect(await scene.run("detach", ...port0)).toMatchObject({ status: 1 });
    const id = `${failure.program}`;
    const replaced = await scene.run("attach", object, ...port0, "--replace", id, "--json");
    expect(replaced).toMatchObject({ status: 0, json: { replaced: { id: failure.program }, gap_ns: null } });
    expect(await scene.run("detach", ...port0)).toMatchObject({ status: 0 });
  });
});
