/** The fib-router template where there is something to route: a namespace with routes and neighbours of its own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileBpf } from "../../main/object/compile-bpf.ts";
import { execute, root, skipReason, uniqueName } from "../helper/harness.ts";
import { loading, native, u32 } from "../native/support.ts";

const mac = { in: "020000000001", out: "020000000002", peer: "0200000000bb" };
const dotted = (hex: string): string => (hex.match(/../g) ?? []).join(":");
const [inside, outside] = [4001, 4002];

const frame = (rest: string, length = 60): Buffer => {
  const bytes = Buffer.from(`${mac.in}02000000000a${rest}`.replaceAll(" ", ""), "hex");
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, length - bytes.length))]);
};
/** UDP from 192.0.2.10 */
const ipv4 = (to: string, check: string, total = "001c"): Buffer =>
  frame(`0800 4500${total}00014000 4011${check} c000020a ${to} 9c40000900080000`);
const ipv6 = (to: string): Buffer =>
  frame(`86dd 60000000 0008 11 40 20010db8000000000000000000000010 ${to} 9c40000900080000`);

describe.skipIf(skipReason !== "")(`fib-router ${skipReason}`, () => {
  const netns = uniqueName();
  const path = `/run/netns/${netns}`;
  let program: Awaited<ReturnType<typeof native.loadObject>>;

  beforeAll(async () => {
    await native.warmPool();
    await execute("ip", ["netns", "add", netns]);
    const ip = (words: string) => execute("ip", ["-n", netns, ...words.split(" ")]);
    await ip(`link add ${netns}i index ${inside} address ${dotted(mac.in)} type veth peer name ${netns}j`);
    await ip(`link add ${netns}o index ${outside} address ${dotted(mac.out)} type veth peer name ${netns}p`);
    for (const end of ["i", "j", "o", "p"]) await ip(`link set ${netns}${end} up`);
    for (const name of ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]) {
      await execute("ip", ["netns", "exec", netns, "sysctl", "-qw", `${name}=1`]);
    }
    await ip(`addr add 192.0.2.1/24 dev ${netns}i`);
    await ip(`addr add 198.51.100.1/24 dev ${netns}o`);
    await ip(`addr add 2001:db8:1::1/64 dev ${netns}o nodad`);
    await ip(`neigh replace 198.51.100.10 lladdr ${dotted(mac.peer)} dev ${netns}o nud permanent`);
    await ip(`neigh replace 2001:db8:1::10 lladdr ${dotted(mac.peer)} dev ${netns}o nud permanent`);
    await ip("route add blackhole 203.0.113.0/24");
    const source = readFileSync(join(root, "bpf-templates/fib-router/program.bpf.c"), "utf8");
    const object = Buffer.from(compileBpf(source, { flags: ["-g", "-I/usr/include/x86_64-linux-gnu"] }));
    program = await native.loadObject(loading(object, "xdp_fib_router"));
  });
  afterAll(async () => {
    program?.close();
    for (const end of ["i", "o"])
      await execute("ip", ["-n", netns, "link", "del", `${netns}${end}`]).catch(() => undefined);
    await execute("ip", ["netns", "del", netns]);
  });

  const run = (data: Buffer) =>
    native.inNetns(path, () => native.testRun(program.programFd, { data, context: { ifindex: inside, queue: 0 } }));
  const answers = (answer: number): bigint => {
    const map = native.openMap(program.maps.find(({ name }) => name === "fib_answers")?.id ?? 0);
    try {
      return map.lookup(u32(answer))?.readBigUInt64LE() ?? 0n;
    } finally {
      map.close();
    }
  };

  it("forwards IPv4: MACs of the way out, one off the TTL, a checksum that fits", () => {
    const { retval, data } = run(ipv4("c633640a", "4e98"));
    expect(retval).toBe(4);
    expect(data.subarray(0, 14).toString("hex")).toBe(`${mac.peer}${mac.out}0800`);
    expect(data[22]).toBe(63);
    expect(data.readUInt16BE(24)).toBe(0x4f98);
    expect(answers(0)).toBe(1n);
  });

  it("forwards IPv6", () => {
    const { retval, data } = run(ipv6("20010db8000100000000000000000010"));
    expect(retval).toBe(4);
    expect(data.subarray(0, 12).toString("hex")).toBe(`${mac.peer}${mac.out}`);
    expect(data[21]).toBe(63);
  });

  it.each([
    ["its own address", "c6336401", "001c", 4],
    ["a blackhole", "cb007105", "001c", 1],
    ["a neighbour that is not known", "c6336414", "001c", 7],
    ["what is longer than the MTU", "c633640a", "0fff", 8],
    ["a destination without a route", "08080808", "001c", 4],
  ])("passes unchanged: %s", (_, to, total, answer) => {
    const before = answers(answer);
    const packet = ipv4(to, "0000", total);
    const { retval, data } = run(packet);
    expect(retval).toBe(2);
    expect(data.equals(packet)).toBe(true);
    expect(answers(answer)).toBe(before + 1n);
  });
});
