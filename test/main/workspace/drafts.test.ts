import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDrafts } from "../../../main/workspace/keep-drafts.ts";

let state = "";
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "xdpw-drafts-"));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const version = "a".repeat(64);

describe("drafts", () => {
  it("are found again by another process, the latest typed first", async () => {
    const first = openDrafts(() => state);
    await first.keep({ path: "/w/a b/ü.c", text: "one", basedOn: version, at: 1 });
    await first.keep({ path: "/w/b.c", text: "two", basedOn: null, at: 2 });
    const second = openDrafts(() => state);
    expect(await second.list()).toEqual(["/w/b.c", "/w/a b/ü.c"]);
    expect(await second.read("/w/a b/ü.c")).toEqual({ path: "/w/a b/ü.c", text: "one", basedOn: version, at: 1 });
    expect(await second.read("/w/none.c")).toBeNull();
  });

  it("an older text never replaces a newer one, whoever sends it", async () => {
    const drafts = openDrafts(() => state);
    await Promise.all([
      drafts.keep({ path: "/a.c", text: "newer", basedOn: null, at: 20 }),
      drafts.keep({ path: "/a.c", text: "older", basedOn: null, at: 10 }),
    ]);
    expect((await drafts.read("/a.c"))?.text).toBe("newer");
    await openDrafts(() => state).keep({ path: "/a.c", text: "older", basedOn: null, at: 10 });
    expect((await drafts.read("/a.c"))?.text).toBe("newer");
  });

  it("are nobody else's to read, and leave nothing behind when dropped", async () => {
    const drafts = openDrafts(() => state);
    await drafts.keep({ path: "/a.c", text: "secret", basedOn: null, at: 1 });
    const [name = ""] = readdirSync(join(state, "drafts"));
    expect(statSync(join(state, "drafts", name)).mode & 0o777).toBe(0o600);
    await drafts.drop("/a.c");
    await drafts.drop("/never.c");
    expect(readdirSync(join(state, "drafts"))).toEqual([]);
  });

  it("what is not one of ours is passed over", async () => {
    mkdirSync(join(state, "drafts"));
    writeFileSync(join(state, "drafts", "x.json"), "{");
    writeFileSync(join(state, "drafts", "y.json"), '{"path":"relative"}');
    writeFileSync(join(state, "drafts", "notes.txt"), "hello");
    expect(await openDrafts(() => state).list()).toEqual([]);
  });
});
