import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { parseProcess, parseTcpListeners, parseUnixListeners, takeInventory } from "../../build/inventory.mjs";
import { findLeaks } from "../../build/leaks.mjs";

type Inventory = ReturnType<typeof takeInventory>;
type Process = Inventory["processes"][number];

const empty: Inventory = { things: [], processes: [], listeners: [] };
const run = { self: 50, isOurs: () => false, socketsOf: () => new Set<string>(), root: "/tree" };

function makeProcess(pid: number, change: Partial<Process> = {}): Process {
  return { pid, parent: 1, state: "S", started: String(pid * 10), name: "sh", command: `sh ${pid}`, ...change };
}

describe("what counts as left behind", () => {
  it("names each new thing, and none of the old", () => {
    const before = { ...empty, things: [{ key: "program 1 aa", text: "program 1" }] };
    const after = { ...empty, things: [...before.things, { key: "map 2 m", text: "map 2 m (hash)" }] };
    expect(findLeaks(before, after, run)).toEqual(["map 2 m (hash)"]);
    expect(findLeaks(after, before, run)).toEqual([]);
  });

  it("takes marked processes and orphans of programs that tests start, and leaves other people's alone", () => {
    const processes = [
      makeProcess(50),
      makeProcess(60, { parent: 40 }),
      makeProcess(61, { parent: 40, name: "node" }),
      makeProcess(62, { name: "chromium", command: "chromium --type=zygote" }),
      makeProcess(63, { parent: 40, command: "ours" }),
      makeProcess(64, { name: "clang", state: "Z" }),
      makeProcess(65, { name: "sshd" }),
    ];
    const leaks = findLeaks(empty, { ...empty, processes }, { ...run, isOurs: ({ pid }) => pid === 63 });
    expect(leaks).toEqual(["process 62 chromium --type=zygote", "process 63 ours"]);
  });

  it("tells a process from another that got its number", () => {
    const before = { ...empty, processes: [makeProcess(62, { name: "node", started: "1" })] };
    const after = { ...empty, processes: [makeProcess(62, { name: "node", started: "2", command: "node again" })] };
    expect(findLeaks(before, before, run)).toEqual([]);
    expect(findLeaks(before, after, run)).toEqual(["process 62 node again"]);
  });

  it("never names the run itself or what started it", () => {
    const processes = [makeProcess(50, { parent: 49, name: "node" }), makeProcess(49, { name: "node" })];
    expect(findLeaks(empty, { ...empty, processes }, { ...run, isOurs: () => true })).toEqual([]);
  });

  it("takes sockets that no other process holds, and those inside the tree", () => {
    const listeners = [
      { family: "tcp" as const, inode: "1", address: "port 80" },
      { family: "tcp" as const, inode: "2", address: "port 8123" },
      { family: "unix" as const, inode: "3", address: "/tree/.cache/run/s" },
    ];
    const socketsOf = (pid: number) => new Set(pid === 70 ? ["1", "3"] : []);
    const after = { ...empty, listeners, processes: [makeProcess(70, { name: "httpd" })] };
    expect(findLeaks(empty, after, { ...run, socketsOf })).toEqual([
      "listening tcp socket port 8123",
      "listening unix socket /tree/.cache/run/s",
    ]);
  });
});

describe("reading /proc", () => {
  it("reads a process whose name holds brackets and spaces", () => {
    const after = `S 7 ${Array.from({ length: 17 }, () => "0").join(" ")} 4711 0`;
    expect(parseProcess(`12 (a) b (c) ${after}`, "a\0-x\0")).toEqual({
      pid: 12,
      parent: 7,
      state: "S",
      started: "4711",
      name: "a) b (c",
      command: "a -x",
    });
    expect(parseProcess("", "")).toBeUndefined();
    expect(parseProcess("12", "")).toBeUndefined();
  });

  it("finds this very process", () => {
    const own = parseProcess(readFileSync("/proc/self/stat", "utf8"), readFileSync("/proc/self/cmdline", "utf8"));
    expect(own).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(own?.started).toMatch(/^\d+$/);
  });

  it("takes unix sockets that listen, and no others", () => {
    const text = [
      "Num       RefCount Protocol Flags    Type St Inode Path",
      "0000000000000000: 00000002 00000000 00010000 0001 01 111 /run/a b",
      "0000000000000000: 00000003 00000000 00000000 0001 03 222",
      "0000000000000000: 00000002 00000000 00010000 0005 01 333 @abstract",
    ].join("\n");
    expect(parseUnixListeners(text).map(({ inode, address }) => [inode, address])).toEqual([
      ["111", "/run/a b"],
      ["333", "@abstract"],
    ]);
  });

  it("takes TCP sockets that listen, and no others", () => {
    const text = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 0100007F:1FBB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 999 1",
      "   1: 0100007F:1FBB 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 998 1",
    ].join("\n");
    expect(parseTcpListeners(text)).toEqual([{ family: "tcp", inode: "999", address: "port 8123" }]);
  });

  it("sees a real listener come and go", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const has = () => takeInventory().listeners.some((listener) => listener.address === `port ${port}`);
    expect(has()).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(has()).toBe(false);
  });
});
