import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KernelError } from "../../../helper/native/kernel-error.ts";
import type { LoadOptions } from "../../../helper/native/face.ts";
import { loadNative } from "../../../helper/native/load.ts";

export const native = loadNative();

/** null where kernel tests can run, else why not */
export const unavailable = process.getuid?.() === 0 ? null : "needs root";

const head = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
`;

/** Compiles C for the BPF target: `body` follows the usual includes and a licence. */
export function compile(body: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "xdpw-test-"));
  try {
    const source = join(folder, "program.bpf.c");
    const object = join(folder, "program.o");
    writeFileSync(source, head + body);
    const include = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
    execFileSync("clang", ["-target", "bpf", "-O2", "-g", "-Wall", `-I${include}`, "-c", source, "-o", object]);
    return readFileSync(object);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** LoadOptions with the usual answers. */
export function loading(bytes: Buffer, program: string, more: Partial<LoadOptions> = {}): LoadOptions {
  const usual = { name: "test", asXdp: false, netns: null, offloadIfindex: null, logLevel: 0 } as const;
  return { ...usual, bytes, program, ...more };
}

/** Runs a command and returns what it printed. */
export function sh(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export interface Pair {
  readonly netns: string;
  /** its path under /run/netns */
  readonly path: string;
  readonly left: string;
  readonly right: string;
  readonly leftIfindex: number;
  readonly rightIfindex: number;
  remove(): void;
}

/** A namespace of its own with a veth pair inside, both ends up and without IPv6. Needs warmPool(). */
export function makePair(): Pair {
  const id = `${process.pid % 100000}${randomBytes(1).toString("hex")}`;
  const netns = `xdpwt${id}`;
  const left = `xdpwtl${id}`;
  const right = `xdpwtr${id}`;
  const path = `/run/netns/${netns}`;
  sh("ip", "netns", "add", netns);
  sh("ip", "netns", "exec", netns, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
  sh("ip", "-n", netns, "link", "add", left, "type", "veth", "peer", "name", right);
  sh("ip", "-n", netns, "link", "set", left, "up");
  sh("ip", "-n", netns, "link", "set", right, "up");
  const remove = () => {
    sh("ip", "-n", netns, "link", "del", left);
    sh("ip", "netns", "del", netns);
  };
  const ifindexOf = (name: string) => native.inNetns(path, () => native.ifindexOf(name));
  return { netns, path, left, right, leftIfindex: ifindexOf(left), rightIfindex: ifindexOf(right), remove };
}

/** The KernelError that fn throws. */
export function failureOf(fn: () => unknown): KernelError {
  try {
    fn();
  } catch (error) {
    return error as KernelError;
  }
  throw new Error("did not throw");
}

export async function rejectionOf(promise: Promise<unknown>): Promise<KernelError> {
  return promise.then(
    () => {
      throw new Error("did not reject");
    },
    (error: unknown) => error as KernelError,
  );
}

export const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

/** Waits until `ready` or five seconds are over. */
export async function until(ready: () => boolean): Promise<void> {
  for (let waited = 0; !ready() && waited < 5000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
