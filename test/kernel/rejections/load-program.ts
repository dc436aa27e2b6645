import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KernelError } from "../../../helper/native/kernel-error.ts";
import { loadNative } from "../../../helper/native/load.ts";

const folder = fileURLToPath(new URL("programs/", import.meta.url));
const suffix = ".bpf.c";

/** A bad program of programs/, with the mark on the C line that must be blamed. */
export interface BadProgram {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly class: string;
  readonly line: number;
  /** Capabilities that the loading process keeps; null for all. */
  readonly grants: readonly string[] | null;
  readonly flags: readonly string[];
}

export function badPrograms(): readonly BadProgram[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      const lines = text.split("\n");
      const line = lines.findIndex((one) => one.includes("// rejected: ")) + 1;
      const marked = /\/\/ rejected: (\S+)/.exec(lines[line - 1] ?? "")?.[1];
      if (marked === undefined) throw new Error(`${file}: no line is marked with // rejected: CLASS`);
      const option = (name: string) => new RegExp(`^// ${name}: (.*)$`, "m").exec(text)?.[1]?.split(" ") ?? null;
      return {
        name: file.slice(0, -suffix.length),
        path,
        text,
        class: marked,
        line,
        grants: option("grants"),
        flags: option("flags") ?? ["-g"],
      };
    });
}

export interface CompiledBad {
  /** null where clang or llc refuse */
  readonly bytes: Buffer | null;
  readonly errors: string;
}

export function compileBad(program: BadProgram): CompiledBad {
  const out = mkdtempSync(join(tmpdir(), "xdpwt-rejected-"));
  try {
    const object = join(out, "program.o");
    const include = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
    const { status, stderr } = spawnSync(
      "clang",
      ["-target", "bpf", "-O2", ...program.flags, `-I${include}`, "-c", program.path, "-o", object],
      { encoding: "utf8" },
    );
    return { bytes: status === 0 ? readFileSync(object) : null, errors: stderr };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

export interface Refused {
  readonly log: string;
  readonly libbpf: string;
  /** As the helper words it: "EACCES: …". */
  readonly error: string;
}

/** Loads the program "prog"; null where the kernel takes it. */
export async function loadBad(bytes: Buffer, grants: readonly string[] | null): Promise<Refused | null> {
  if (grants !== null) return loadWith(bytes, grants);
  try {
    const loaded = await loadNative().loadObject(options(bytes));
    loaded.close();
    return null;
  } catch (thrown) {
    return refused(thrown as KernelError);
  }
}

const options = (bytes: Buffer) => ({
  bytes,
  name: "bad",
  program: "prog",
  asXdp: false,
  netns: null,
  offloadIfindex: null,
  logLevel: 1,
});

function refused({ log, libbpf, code, message }: KernelError): Refused {
  return { log: log ?? "", libbpf: libbpf ?? "", error: `${code}: ${message}` };
}

/** In a process of its own, which gives up every other capability first. */
function loadWith(bytes: Buffer, grants: readonly string[]): Refused | null {
  const addon = fileURLToPath(new URL("../../../dist/native/xdpw.node", import.meta.url));
  const script = `
    const native = require(${JSON.stringify(addon)});
    native.keepCapabilities(${JSON.stringify(grants)});
    const bytes = Buffer.from(require("node:fs").readFileSync(0, "latin1"), "base64");
    native.loadObject({ ...${JSON.stringify({ ...options(Buffer.alloc(0)), bytes: null })}, bytes }).then(
      (loaded) => { loaded.close(); console.log("null"); },
      ({ log = "", libbpf = "", code, message }) => console.log(JSON.stringify({ log, libbpf, error: code + ": " + message })),
    );`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    encoding: "utf8",
    input: bytes.toString("base64"),
    maxBuffer: 1 << 28,
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Refused | null;
}
