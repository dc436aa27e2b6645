/**
 * Side-by-side measurements, ratios in one run. As root, since both sides load and attach. Runs itself again in a mount
 * namespace of its own, where bpftool may mount and pin without a trace on the host.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorkbench } from "./start-workbench.ts";
import { benchInterfaces, withManyInterfaces } from "./interfaces.ts";
import { benchInterfacesWindow } from "./interfaces-window.ts";
import { benchMaps } from "./maps.ts";
import { benchNextHop } from "./next-hop.ts";
import { benchSaveToVerdict } from "./save-to-verdict.ts";
import { benchSourceToAttached } from "./source-to-attached.ts";
import { say } from "./statistics.ts";
import { benchTable } from "./table.ts";
import { benchTyping } from "./typing.ts";
import { benchMemory, benchWindow } from "./window.ts";

const root = process.cwd();
if (process.getuid?.() !== 0) {
  process.stderr.write("npm run bench: loading and attaching need root: sudo npm run bench\n");
  process.exitCode = 3;
} else if (process.env["XDPW_BENCH_INSIDE"] === undefined) {
  const again = ["-m", "--propagation", "slave", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync("unshare", again, { stdio: "inherit", env: { ...process.env, XDPW_BENCH_INSIDE: "1" } });
  process.exitCode = status ?? 1;
} else {
  spawnSync("mount", ["-t", "bpf", "bpf", "/sys/fs/bpf"], { stdio: "inherit" });
  await benchAll();
}

/**
 * `npm run bench -- typing` is what is felt while typing, alone; `-- interfaces` what many interfaces cost; `-- maps` what a
 * million entries cost; `-- next-hop` how soon an edited route is seen by packets.
 */
async function benchAll(): Promise<void> {
  if (process.argv.includes("maps")) return benchMaps(root);
  if (process.argv.includes("table")) return benchTable(root);
  if (process.argv.includes("next-hop")) return benchHop();
  if (!process.argv.includes("typing")) await benchMany();
  if (process.argv.includes("interfaces")) return;
  if (!process.argv.includes("typing")) {
    await benchPath();
    await benchMaps(root);
    await benchTable(root);
    await benchHop();
  }
  if (!process.argv.includes("typing")) {
    const shown = await startWorkbench(root);
    try {
      await benchWindow(shown.url);
    } finally {
      await shown.stop();
    }
  }
  const home = mkdtempSync(join(tmpdir(), "xdpw-bench-home-"));
  const typed = await startWorkbench(root, { XDG_STATE_HOME: join(home, "state"), XDG_DATA_HOME: join(home, "data") });
  try {
    await benchTyping(typed.url);
  } finally {
    await typed.stop();
    rmSync(home, { recursive: true });
  }
}

async function benchHop(): Promise<void> {
  const shown = await startWorkbench(root);
  try {
    await benchNextHop(root, shown);
  } finally {
    await shown.stop();
  }
}

async function benchMany(): Promise<void> {
  await withManyInterfaces(async (names) => {
    const listing = await startWorkbench(root);
    try {
      const peer = await listing.connect();
      await peer.request("session.unlock", { what: "measure" });
      const main = listing.process.pid ?? 0;
      await benchInterfaces(names, peer, { main, ...childrenOf(main) });
      peer.close();
    } finally {
      await listing.stop();
    }
    const shown = await startWorkbench(root);
    try {
      const main = shown.process.pid ?? 0;
      await benchInterfacesWindow(names, shown.url, () => ({ main, ...childrenOf(main) }));
    } finally {
      await shown.stop();
    }
  });
}

async function benchPath(): Promise<void> {
  const attaching = await startWorkbench(root);
  try {
    say("workbench: process start to URL", `${attaching.startMilliseconds.toFixed(0)} ms`);
    const began = performance.now();
    const peer = await attaching.connect();
    await peer.request("session.unlock", { what: "measure" });
    await peer.request("session.describe", {});
    say("workbench: first connection to both helpers ready", `${(performance.now() - began).toFixed(0)} ms`);
    await benchSourceToAttached(root, peer);
    await benchSaveToVerdict(root, peer);
    peer.close();
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const children = childrenOf(attaching.process.pid ?? 0);
    benchMemory({ main: attaching.process.pid ?? 0, ...children });
  } finally {
    await attaching.stop();
  }
}

/** The helpers, by the role on their command line. */
function childrenOf(parent: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) !== parent) continue;
      const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      const role = argv[argv.indexOf("--role") + 1];
      if (argv.includes("--role")) found[`helper (${role})`] = Number(pid);
    } catch {
      // ended meanwhile
    }
  }
  return found;
}
