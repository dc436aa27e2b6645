/**
 * From a source on disk to a program that runs on an interface: through a running workbench, and by the same steps in a
 * shell (clang, llc, bpftool prog load, bpftool net attach), in turn, A B A B, so that a machine whose speed drifts
 * drifts for both. Detaching is timed for neither.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { workbench } from "../protocol/contracts.ts";
import type { Place } from "../protocol/interfaces.ts";
import type { Peer } from "../protocol/peer.ts";
import { median, say } from "./statistics.ts";

const rounds = 15;
const namespace = `xdpwb${process.pid}`;

export async function benchSourceToAttached(
  root: string,
  peer: Peer<typeof workbench, Record<never, never>>,
): Promise<void> {
  const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: "utf8" });
  run("ip", "netns", "add", namespace);
  try {
    run("ip", "-n", namespace, "link", "add", "bench0", "type", "veth", "peer", "name", "bench1");
    run("ip", "-n", namespace, "link", "set", "bench0", "up");
    run("ip", "-n", namespace, "link", "set", "bench1", "up");
    const { interfaces } = await peer.request("interfaces.list", {});
    const device = interfaces.find((candidate) => candidate.netns === namespace && candidate.name === "bench0");
    if (device === undefined) throw new Error(`bench0 is not listed in ${namespace}`);
    const place: Place = { netns: namespace, ifindex: device.ifindex, name: "bench0" };

    const templates = join(root, "bpf-templates");
    const ratios: number[] = [];
    for (const template of readdirSync(templates)) {
      const path = join(templates, template, "program.bpf.c");
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
      const ours: number[] = [];
      const shell: number[] = [];
      const pairs: number[] = [];
      const { stages } = await peer.request("build.build", { input: { path, text: null } });
      const script = shellScript(stages.map((stage) => stage.argv));
      for (let round = -1; round < rounds; round++) {
        const text = readFileSync(path, "utf8");
        const began = performance.now();
        await peer.request("attach.attach", {
          input: { path, text },
          program: null,
          place,
          mode: "native",
          replace: null,
        });
        const attached = performance.now();
        await peer.request("attach.detach", { place, replace: null });
        const before = performance.now();
        run("sh", "-c", script);
        const after = performance.now();
        run("ip", "-n", namespace, "link", "set", "dev", "bench0", "xdpdrv", "off");
        run("rm", "-f", "/sys/fs/bpf/xdpw-bench", "/tmp/xdpw-bench.ll", "/tmp/xdpw-bench.o");
        if (round < 0) continue;
        ours.push(attached - began);
        shell.push(after - before);
        pairs.push((attached - began) / (after - before));
      }
      ratios.push(...pairs);
      say(`source to attached, ${template}: workbench`, `${median(ours).toFixed(1)} ms`);
      say(`source to attached, ${template}: shell`, `${median(shell).toFixed(1)} ms`);
      say(`source to attached, ${template}: median ratio`, median(pairs).toFixed(2), "<= 1.25");
    }
    say("source to attached, all templates: median ratio", median(ratios).toFixed(2), "<= 1.25");
  } finally {
    execFileSync("ip", ["-n", namespace, "link", "del", "bench0"], { stdio: "ignore" });
    execFileSync("ip", ["netns", "del", namespace]);
  }
}

/** The stages as the workbench shows them, into files of our own; then what a user of bpftool types. */
function shellScript(stages: readonly (readonly string[])[]): string {
  const [clang = [], llc = []] = stages;
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  const withFiles = (argv: readonly string[], output: string, replaceInput?: string): string => {
    const words = [...argv];
    const flag = words.lastIndexOf("-o");
    const before = words[flag + 1];
    words[flag + 1] = output;
    return words
      .map((word) => quote(replaceInput !== undefined && word !== before && word.endsWith(".ll") ? replaceInput : word))
      .join(" ");
  };
  return [
    withFiles(clang, "/tmp/xdpw-bench.ll"),
    withFiles(llc, "/tmp/xdpw-bench.o", "/tmp/xdpw-bench.ll"),
    "bpftool prog load /tmp/xdpw-bench.o /sys/fs/bpf/xdpw-bench type xdp",
    `nsenter --net=/run/netns/${namespace} bpftool net attach xdpdrv pinned /sys/fs/bpf/xdpw-bench dev bench0`,
  ].join(" && ");
}
