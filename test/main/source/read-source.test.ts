import { execFileSync } from "node:child_process";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileLimit, readBytes, readSource, versionOf } from "../../../main/source/read-source.ts";
import { saveSource } from "../../../main/source/save-source.ts";
import { failureOf, temporaryFolder } from "./temporary-folder.ts";

describe("readSource", () => {
  test("gives text and version; a byte order mark and line ends stay as they are", async () => {
    const path = join(temporaryFolder(), "a.bpf.c");
    const bytes = Buffer.from("\ufeffint é;\r\n");
    writeFileSync(path, bytes);
    expect(await readSource(path)).toEqual({ path, text: "\ufeffint é;\r\n", version: versionOf(bytes) });
  });

  test("any text comes back as it was saved", async () => {
    const path = join(temporaryFolder(), "a.c");
    const text = fc.string({ unit: "grapheme" }).map((each) => each.replaceAll("\0", ""));
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const { version } = await saveSource({ path, text: each, basedOn: null });
        expect(await readSource(path)).toEqual({ path, text: each, version });
      }),
      { numRuns: 50 },
    );
  });

  test("a file that is not there, or vanished", async () => {
    const path = join(temporaryFolder(), "gone.c");
    expect(await failureOf(readSource(path))).toMatchObject({ kind: "file", code: "ENOENT", path });
  });

  test("a folder", async () => {
    const path = temporaryFolder();
    expect(await failureOf(readSource(path))).toMatchObject({ kind: "file", code: "EISDIR" });
  });

  test("an object is not a source", async () => {
    const path = join(temporaryFolder(), "a.o");
    writeFileSync(path, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]));
    expect(await failureOf(readSource(path))).toMatchObject({ kind: "file", code: "binary" });
    expect(await readBytes(path)).toHaveLength(6);
  });

  test("bytes that are not UTF-8 are not guessed at", async () => {
    const path = join(temporaryFolder(), "latin.c");
    writeFileSync(path, Buffer.from([0x2f, 0x2f, 0xe9, 0x0a]));
    const failure = await failureOf(readSource(path));
    expect(failure).toMatchObject({ kind: "file", code: "encoding" });
    expect(failure.message).toContain("iconv");
  });

  test.each(["fifo", "socketless device"])("a %s is refused at once", async (what) => {
    const path = what === "fifo" ? join(temporaryFolder(), "fifo") : "/dev/zero";
    if (what === "fifo") execFileSync("mkfifo", [path]);
    // a read that waited for a writer would never answer
    const failure = await failureOf(readSource(path));
    expect(failure).toMatchObject({ kind: "file" });
    expect(failure.message).toContain("not a regular file");
  });

  test("a file of exactly the limit is read, one byte more is refused", async () => {
    const path = join(temporaryFolder(), "large.c");
    writeFileSync(path, "");
    truncateSync(path, fileLimit);
    expect(await readBytes(path)).toHaveLength(fileLimit);
    truncateSync(path, fileLimit + 1);
    expect(await failureOf(readSource(path))).toMatchObject({ kind: "too-large", limit: fileLimit });
  });

  test("a file that claims no size is read whole", async () => {
    expect((await readSource("/proc/self/status")).text).toContain("Name:");
  });

  test("a symbolic link that leads nowhere or in a circle", async () => {
    const folder = temporaryFolder();
    symlinkSync("nowhere.c", join(folder, "dangling.c"));
    symlinkSync("circle.c", join(folder, "circle.c"));
    expect(await failureOf(readSource(join(folder, "dangling.c")))).toMatchObject({ code: "ENOENT" });
    expect(await failureOf(readSource(join(folder, "circle.c")))).toMatchObject({ code: "ELOOP" });
  });
});
