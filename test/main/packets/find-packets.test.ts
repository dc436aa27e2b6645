import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPackets } from "../../../main/packets/find-packets.ts";
import { Failed } from "../../../protocol/failures.ts";

const cases = [{ name: "it", packet: "00*14", expect: { action: "XDP_PASS" } }];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xdpwt-packets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text = ""): void => writeFileSync(join(folder, name), text);
const packets = (more = {}): void => file("packets.json", JSON.stringify({ cases, ...more }));
const failure = async (path: string) => {
  try {
    await findPackets(path);
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  throw new Error("was found");
};

describe("PATH", () => {
  it("is a folder, the file, or a source beside it", async () => {
    packets();
    file("one.bpf.c");
    file("helper.c");
    const source = join(folder, "one.bpf.c");
    const path = join(folder, "packets.json");
    for (const named of [folder, path, source]) expect(await findPackets(named)).toMatchObject({ path, source });
    file("other.o");
    expect((await findPackets(join(folder, "other.o"))).source).toBe(join(folder, "other.o"));
  });

  it("may lead to a source that the file names", async () => {
    packets({ source: "b.bpf.c" });
    file("a.bpf.c");
    file("b.bpf.c");
    expect((await findPackets(folder)).source).toBe(join(folder, "b.bpf.c"));
  });

  it("is refused where there is none, or a choice", async () => {
    expect(await failure(join(folder, "gone"))).toMatchObject({ kind: "file", code: "ENOENT" });
    expect(await failure(folder)).toMatchObject({ kind: "file", path: join(folder, "packets.json") });
    packets();
    expect(await failure(folder)).toMatchObject({ kind: "not-found", what: "source" });
    file("a.c");
    file("b.c");
    expect(await failure(folder)).toMatchObject({ kind: "ambiguous" });
    rmSync(join(folder, "packets.json"));
    mkdirSync(join(folder, "packets.json"));
    expect(await failure(folder)).toMatchObject({ kind: "file" });
  });
});
