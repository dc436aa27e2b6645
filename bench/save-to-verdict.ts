/**
 * From the text in the editor to the verifier's verdict: through a running workbench, and by clang, llc and bpftool prog
 * load one after the other in a shell, in turn, A B A B. Each round edits the source. Three ways: the two stages of a
 * save over all templates, the one step that runs while somebody types, and a source that includes a whole vmlinux.h.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pipeline } from "../protocol/build.ts";
import type { workbench } from "../protocol/contracts.ts";
import type { Peer } from "../protocol/peer.ts";
import { median, say } from "./statistics.ts";

type WorkbenchPeer = Peer<typeof workbench, Record<never, never>>;

const rounds = 9;
/** the first starts cold, the second makes the precompiled header */
const warmUp = 2;
/** a person's pause: what is made ready for the next save has its turn, and does not disturb the shell */
const pause = 150;
const aims: Readonly<Record<Pipeline, string>> = { "two-stage": "<= 0.65", "one-step": "<= 0.55" };

const wholeVmlinux = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

SEC("xdp") int pass_ipv4(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *end = (void *)(long)ctx->data_end;
  struct ethhdr *eth = data;
  if ((void *)(eth + 1) > end) return XDP_DROP;
  return eth->h_proto == bpf_htons(0x0800) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
`;

interface Measured {
  readonly ours: readonly number[];
  readonly shell: readonly number[];
  readonly ratios: readonly number[];
}

export async function benchSaveToVerdict(root: string, peer: WorkbenchPeer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "xdpw-bench-"));
  try {
    const templates = join(root, "bpf-templates");
    const sources = readdirSync(templates)
      .map((name) => ({ name, from: join(templates, name, "program.bpf.c") }))
      .filter(({ from }) => statSync(from, { throwIfNoEntry: false })?.isFile())
      .map(({ name, from }) => source(folder, name, readFileSync(from, "utf8")));
    for (const pipeline of ["two-stage", "one-step"] as const) {
      const ratios: number[] = [];
      for (const { name, path, text } of sources) {
        const measured = await measure(peer, path, text, pipeline);
        ratios.push(...measured.ratios);
        report(`save to verdict, ${pipeline}, ${name}`, measured, aims[pipeline]);
      }
      say(`save to verdict, ${pipeline}, all templates: median ratio`, median(ratios).toFixed(2), aims[pipeline]);
    }
    const { path, text } = source(folder, "vmlinux", wholeVmlinux);
    const header = execFileSync("bpftool", ["btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c"], {
      maxBuffer: 64 * 1024 * 1024,
    });
    writeFileSync(join(path, "../vmlinux.h"), header);
    for (const pipeline of ["two-stage", "one-step"] as const)
      report(`save to verdict, ${pipeline}, vmlinux.h`, await measure(peer, path, text, pipeline), "<= 0.35");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function source(folder: string, name: string, text: string) {
  mkdirSync(join(folder, name));
  return { name, text, path: join(folder, name, "program.bpf.c") };
}

async function measure(peer: WorkbenchPeer, path: string, text: string, pipeline: Pipeline): Promise<Measured> {
  writeFileSync(path, text);
  const built = await peer.request("build.build", { input: { path, text } });
  const script = shellScript(built.stages.map((stage) => stage.argv));
  const ours: number[] = [];
  const shell: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const edited = `${text}/* edit ${round} */\n`;
    writeFileSync(path, edited);
    const began = performance.now();
    const verdict = await peer.request("verify.verify", { input: { path, text: edited }, pipeline });
    const judged = performance.now();
    if (!verdict.accepted) throw new Error(`${path}: ${JSON.stringify(verdict.diagnostics)}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
    const before = performance.now();
    execFileSync("sh", ["-c", script], { cwd: join(path, ".."), stdio: ["ignore", "ignore", "pipe"] });
    const after = performance.now();
    rmSync("/sys/fs/bpf/xdpw-bench");
    if (round < 0) continue;
    ours.push(judged - began);
    shell.push(after - before);
  }
  return { ours, shell, ratios: ours.map((time, index) => time / (shell[index] ?? Number.NaN)) };
}

function report(what: string, { ours, shell, ratios }: Measured, aim: string): void {
  say(`${what}: workbench`, `${median(ours).toFixed(1)} ms`);
  say(`${what}: shell`, `${median(shell).toFixed(1)} ms`);
  say(`${what}: median ratio`, median(ratios).toFixed(2), aim);
}

/** The two stages as the workbench shows them, then the load. */
function shellScript(stages: readonly (readonly string[])[]): string {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  return [
    ...stages.map((words) => words.map(quote).join(" ")),
    "bpftool prog load program.bpf.o /sys/fs/bpf/xdpw-bench",
  ].join(" && ");
}
