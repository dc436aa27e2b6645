/** A disk that is full while something is saved: said, and what was there is still there. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failed } from "../../../protocol/failures.ts";
import { versionOf } from "../../../main/source/read-source.ts";
import { saveSource } from "../../../main/source/save-source.ts";
import { openDrafts } from "../../../main/workspace/keep-drafts.ts";

describe.skipIf(process.getuid?.() !== 0)("a full disk (skipped without root: it mounts one of 64 KB)", () => {
  let disk = "";
  beforeAll(() => {
    disk = mkdtempSync(join(tmpdir(), "xdpw-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "xdpw-full", disk]);
  });
  afterAll(() => {
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it("the old text stays, nothing half is left, and so it is with drafts", async () => {
    const path = join(disk, "a.c");
    writeFileSync(path, "old");
    const large = "x".repeat(200_000);
    const saved = saveSource({ path, text: large, basedOn: versionOf(Buffer.from("old")) });
    await expect(saved).rejects.toThrow(/save .*a\.c: the disk is full/);
    await expect(saveSource({ path: join(disk, "b.c"), text: large, basedOn: null, onlyNew: true })).rejects.toThrow(
      Failed,
    );
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(disk)).toEqual(["a.c"]);

    mkdirSync(join(disk, "state"));
    const drafts = openDrafts(() => join(disk, "state"));
    await drafts.keep({ path, text: "typed", basedOn: null, at: 1 });
    await expect(drafts.keep({ path, text: large, basedOn: null, at: 2 })).rejects.toThrow(/the disk is full/);
    expect((await drafts.read(path))?.text).toBe("typed");
    expect(readdirSync(join(disk, "state/drafts"))).toHaveLength(1);
  });
});
