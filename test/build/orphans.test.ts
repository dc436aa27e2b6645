import { expect, it } from "vitest";
import { findOrphans } from "../../build/orphans.mjs";

const things = [
  "netns xdpwt4f2",
  "netns xdpwt81-host0",
  "netns blue",
  "pin /sys/fs/bpf/xdpwt7m",
  "pin /sys/fs/bpf/mine",
];
const processOf = (command: string) => ({
  ...{ pid: 7, parent: 1, state: "S", started: "1", name: "node" },
  command,
});
const inventory = (...commands: string[]) => ({
  things: things.map((key) => ({ key, text: key })),
  processes: commands.map(processOf),
});

it("what has a test's name and no test run is left behind", () => {
  expect(findOrphans(inventory("/usr/lib/systemd/systemd", "node build/test.mjs"))).toEqual({
    namespaces: ["xdpwt4f2", "xdpwt81-host0"],
    pins: ["/sys/fs/bpf/xdpwt7m"],
  });
});

it("while tests run it could be theirs", () => {
  const running = inventory("node /home/ada/xdp/node_modules/vitest/vitest.mjs run --project kernel");
  expect(findOrphans(running)).toEqual({ namespaces: [], pins: [] });
});
