import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { slowToVerify, untilIdle, untilVerifying } from "../slow-to-verify.ts";
import { compile, loading, native, rejectionOf, unavailable, until } from "./support.ts";

const pass = () => compile(`SEC("xdp") int passes(struct xdp_md *ctx) { return XDP_PASS; }`);

const loadedNames = (): string[] =>
  native.programIds().flatMap((id) => {
    try {
      return [native.programInfo(id).name];
    } catch {
      return [];
    }
  });

describe.skipIf(unavailable)("stopping a load", () => {
  let slow = Buffer.alloc(0);
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "xdpwt-stop-"));
    try {
      const source = join(folder, "slow.bpf.c");
      writeFileSync(source, slowToVerify("slow"));
      const include = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
      execFileSync("clang", ["-target", "bpf", "-O2", "-g", `-I${include}`, "-c", source, "-o", `${source}.o`]);
      slow = readFileSync(`${source}.o`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([0, 4, 5])("ends what the verifier is at, at log level %i, and leaves nothing", async (logLevel) => {
    const controller = new AbortController();
    const load = rejectionOf(native.loadObject(loading(slow, "slow", { logLevel, signal: controller.signal })));
    await untilVerifying(process.pid);
    controller.abort();
    expect(await load).toMatchObject({ code: "ECANCELED", operation: "BPF_PROG_LOAD" });
    await untilIdle(process.pid);
    await until(() => !loadedNames().includes("slow"));
    expect(loadedNames()).not.toContain("slow");
  });

  it("ends as many as the pool has threads, and the next load is judged as ever", async () => {
    const controllers = Array.from({ length: 6 }, () => new AbortController());
    const loads = controllers.map(({ signal }) => rejectionOf(native.loadObject(loading(slow, "slow", { signal }))));
    await untilVerifying(process.pid);
    for (const controller of controllers) controller.abort();
    for (const load of loads) expect((await load).code).toBe("ECANCELED");
    const loaded = await native.loadObject(loading(pass(), "passes"));
    expect(native.programInfo(loaded.programId).name).toBe("passes");
    loaded.close();
  });

  it("does not begin what was stopped before, and does not undo what is done", async () => {
    const controller = new AbortController();
    const loaded = await native.loadObject(loading(pass(), "passes", { signal: controller.signal }));
    controller.abort();
    expect(native.programInfo(loaded.programId).name).toBe("passes");
    loaded.close();
    const options = loading(slow, "slow", { signal: controller.signal });
    expect((await rejectionOf(native.loadObject(options))).code).toBe("ECANCELED");
  });
});
