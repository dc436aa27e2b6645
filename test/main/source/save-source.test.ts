import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSource } from "../../../main/source/read-source.ts";
import { saveSource } from "../../../main/source/save-source.ts";
import { failureOf, temporaryFolder } from "./temporary-folder.ts";

const isRoot = process.getuid?.() === 0;

function file(text = "old"): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder();
  const path = join(folder, "a.bpf.c");
  writeFileSync(path, text);
  return { folder, path };
}

describe("saveSource", () => {
  test("makes a new file", async () => {
    const path = join(temporaryFolder(), "new.c");
    const { version } = await saveSource({ path, text: "new", basedOn: null });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect((await readSource(path)).version).toBe(version);
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test("replaces what it was based on, and again from there", async () => {
    const { folder, path } = file();
    const first = await saveSource({ path, text: "one", basedOn: (await readSource(path)).version });
    await saveSource({ path, text: "two", basedOn: first.version });
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["a.bpf.c"]);
  });

  test("never over somebody else's change, unless the user says so", async () => {
    const { path } = file();
    const { version } = await readSource(path);
    writeFileSync(path, "theirs");
    const failure = await failureOf(saveSource({ path, text: "mine", basedOn: version }));
    expect(failure).toMatchObject({ kind: "changed-on-disk", path });
    expect(failure.message).toContain("somebody else changed");
    expect(readFileSync(path, "utf8")).toBe("theirs");
    await saveSource({ path, text: "mine", basedOn: null });
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  test("a file that vanished is not made again silently", async () => {
    const { path } = file();
    const { version } = await readSource(path);
    rmSync(path);
    const failure = await failureOf(saveSource({ path, text: "mine", basedOn: version }));
    expect(failure).toMatchObject({ kind: "changed-on-disk" });
    expect(failure.message).toContain("gone");
    expect(existsSync(path)).toBe(false);
  });

  test("the same text from elsewhere is no conflict", async () => {
    const { path } = file();
    const { version } = await readSource(path);
    writeFileSync(path, "same");
    await saveSource({ path, text: "same", basedOn: version });
  });

  test.each([0o600, 0o640, 0o666, 0o755])("keeps the mode %o, whatever the umask", async (mode) => {
    const { path } = file();
    chmodSync(path, mode);
    await saveSource({ path, text: "new", basedOn: null });
    expect((statSync(path).mode & 0o7777).toString(8)).toBe(mode.toString(8));
  });

  test("root saves a user's file and it stays theirs", async (context) => {
    if (!isRoot) context.skip("not root: only root can save a file of another user");
    const { path } = file();
    chownSync(path, 65534, 65534);
    await saveSource({ path, text: "new", basedOn: null });
    expect([statSync(path).uid, statSync(path).gid]).toEqual([65534, 65534]);
  });

  test("through a symbolic link the file behind it is replaced", async () => {
    const { folder, path } = file();
    mkdirSync(join(folder, "links"));
    const link = join(folder, "links/a.c");
    symlinkSync("../a.bpf.c", link);
    await saveSource({ path: link, text: "new", basedOn: (await readSource(link)).version });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(join(folder, "links"))).toEqual(["a.c"]);
  });

  test("a circle of links is refused, and not replaced", async () => {
    const path = join(temporaryFolder(), "circle.c");
    symlinkSync("circle.c", path);
    expect(await failureOf(saveSource({ path, text: "new", basedOn: null }))).toMatchObject({ code: "ELOOP" });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  test("a FIFO, a device and a folder stay what they are", async () => {
    const folder = temporaryFolder();
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    expect((await failureOf(saveSource({ path: fifo, text: "new", basedOn: null }))).message).toContain("regular");
    expect(lstatSync(fifo).isFIFO()).toBe(true);
    expect(await failureOf(saveSource({ path: folder, text: "new", basedOn: null }))).toMatchObject({ code: "EISDIR" });
    expect(readdirSync(folder)).toEqual(["fifo"]);
  });

  test("a folder that is not there", async () => {
    const path = join(temporaryFolder(), "no/a.c");
    expect(await failureOf(saveSource({ path, text: "new", basedOn: null }))).toMatchObject({
      kind: "file",
      code: "ENOENT",
    });
  });

  test("a name as long as names can be", async () => {
    const path = join(temporaryFolder(), "a".repeat(255));
    await saveSource({ path, text: "new", basedOn: null });
    const longer = `${path}a`;
    expect(await failureOf(saveSource({ path: longer, text: "", basedOn: null }))).toMatchObject({
      code: "ENAMETOOLONG",
    });
  });

  test("where nothing can be written, the file is whole and the failure says so", async () => {
    // root passes modes: for root a mount that is full says no instead
    if (isRoot) {
      const failure = await failureOf(saveSource({ path: "/proc/xdpw.c", text: "new", basedOn: null }));
      expect(failure).toMatchObject({ kind: "file", path: "/proc/xdpw.c" });
      return;
    }
    const { folder, path } = file();
    chmodSync(folder, 0o555);
    const failure = await failureOf(saveSource({ path, text: "new", basedOn: null }));
    chmodSync(folder, 0o755);
    expect(failure).toMatchObject({ kind: "file", code: "EACCES" });
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  test("readers see the old text or the new one, never half", async () => {
    const { path } = file("a".repeat(100_000));
    const seen = new Set<string>();
    let saving = true;
    const reading = (async () => {
      while (saving) {
        const { text } = await readSource(path);
        seen.add(`${text[0]}${text.length}`);
        expect(text).toBe((text[0] ?? "").repeat(100_000));
      }
    })();
    for (let turn = 0; turn < 30; turn++) {
      await saveSource({ path, text: "abc"[turn % 3]?.repeat(100_000) ?? "", basedOn: null });
    }
    saving = false;
    await reading;
    expect(seen.size).toBeGreaterThan(1);
  });
});
