import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure } from "../../../protocol/failures.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { FolderChanged, SearchFound, SourceChanged } from "../../../protocol/workspace.ts";
import { versionOf } from "../../../main/source/read-source.ts";
import { saveSource } from "../../../main/source/save-source.ts";
import { openWorkspace, type Workspace } from "../../../main/workspace/open-workspace.ts";
import { createFileWatches, type Watches } from "../../../main/workspace/watch-files.ts";

let home = "";
let folder = "";
let found: SearchFound[] = [];
let workspace: Workspace;
const source = new CancellationTokenSource();
const context = { token: source.token };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "xdpw-workspace-"));
  folder = join(home, "my Programs ü");
  mkdirSync(folder);
  found = [];
  workspace = open();
});
afterEach(() => {
  workspace.end();
  rmSync(home, { recursive: true, force: true });
});

function open(): Workspace {
  return openWorkspace({
    source: () => undefined,
    folder: () => undefined,
    found: (one) => found.push(one),
    state: () => made("state"),
    usual: () => made("usual"),
    dataHome: () => made("data"),
  });
}
function made(name: string): string {
  mkdirSync(join(home, name), { recursive: true });
  return join(home, name);
}
async function failureOf(run: Promise<unknown>): Promise<Failure> {
  try {
    await run;
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("which folder is open", () => {
  it("is the usual one at first, and then the one opened last, in every window", async () => {
    expect(await workspace.handlers["workspace.describe"]({}, context)).toEqual({
      folder: join(home, "usual"),
      usual: join(home, "usual"),
      recent: [],
      trouble: null,
    });
    await workspace.handlers["workspace.open"]({ folder }, context);
    await workspace.handlers["workspace.open"]({ folder: null }, context);
    const now = await workspace.handlers["workspace.open"]({ folder }, context);
    expect(now).toMatchObject({ folder, recent: [join(home, "usual")] });
    const other = open();
    expect(other.folder()).toBe(folder);
    other.end();
  });

  it("one that vanished is said, and so is what is no folder", async () => {
    await workspace.handlers["workspace.open"]({ folder }, context);
    rmSync(folder, { recursive: true });
    expect((await workspace.handlers["workspace.describe"]({}, context)).trouble).toMatch(/it is not there/);
    writeFileSync(join(home, "file"), "");
    const failure = await failureOf(workspace.handlers["workspace.open"]({ folder: join(home, "file") }, context));
    expect(failure.message).toMatch(/not a folder/);
    expect(workspace.folder()).toBe(folder);
  });
});

describe("new, renamed, deleted", () => {
  beforeEach(() => workspace.handlers["workspace.open"]({ folder }, context));

  it("creates and renames, never over something that is there", async () => {
    const path = join(folder, "sub/new.c");
    await workspace.handlers["workspace.create"]({ path, kind: "file" }, context);
    writeFileSync(path, "text");
    for (const kind of ["file", "folder"] as const) {
      expect((await failureOf(workspace.handlers["workspace.create"]({ path, kind }, context))).kind).toBe(
        "name-taken",
      );
    }
    writeFileSync(join(folder, "other.c"), "other");
    const onto = workspace.handlers["workspace.rename"]({ from: path, to: join(folder, "other.c") }, context);
    expect((await failureOf(onto)).kind).toBe("name-taken");
    await workspace.handlers["workspace.rename"]({ from: path, to: join(folder, "Neu Ü.c") }, context);
    expect(readFileSync(join(folder, "Neu Ü.c"), "utf8")).toBe("text");
    expect(readFileSync(join(folder, "other.c"), "utf8")).toBe("other");
  });

  it("touches nothing outside of the workspace, nor itself", async () => {
    for (const path of [folder, join(home, "usual"), `${folder}/../usual/x`, `${folder}x/y`, "/"]) {
      expect((await failureOf(workspace.handlers["workspace.delete"]({ path, forEver: true }, context))).kind).toBe(
        "usage",
      );
      expect((await failureOf(workspace.handlers["workspace.create"]({ path, kind: "file" }, context))).kind).toBe(
        "usage",
      );
    }
  });

  it("deletes into the trash, where two of one name both are", async () => {
    for (const text of ["one", "two"]) {
      writeFileSync(join(folder, "a ü.c"), text);
      await workspace.handlers["workspace.delete"]({ path: join(folder, "a ü.c"), forEver: false }, context);
    }
    const trash = join(home, "data/Trash");
    expect(readdirSync(join(trash, "files")).map((name) => readFileSync(join(trash, "files", name), "utf8"))).toEqual([
      "one",
      "two",
    ]);
    const info = readFileSync(join(trash, "info/a ü.c.trashinfo"), "utf8");
    expect(info).toMatch(
      /^\[Trash Info\]\nPath=\/.*\/my%20Programs%20%C3%BC\/a%20%C3%BC\.c\nDeletionDate=\d{4}-\d\d-\d\dT/,
    );
  });

  it("where the trash cannot take it, says so and deletes only when told", async () => {
    const path = join(folder, "link");
    writeFileSync(join(home, "kept.c"), "kept");
    symlinkSync(join(home, "kept.c"), path);
    mkdirSync(join(home, "data"));
    writeFileSync(join(home, "data/Trash"), "no folder");
    const refused = await failureOf(workspace.handlers["workspace.delete"]({ path, forEver: false }, context));
    expect(refused).toMatchObject({ kind: "unsupported", feature: "trash" });
    expect(existsSync(path)).toBe(true);
    await workspace.handlers["workspace.delete"]({ path, forEver: true }, context);
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(join(home, "kept.c"), "utf8")).toBe("kept");
  });
});

describe("save as", () => {
  it("writes over nothing unless it is told to", async () => {
    const path = join(folder, "there.c");
    writeFileSync(path, "mine");
    expect((await failureOf(saveSource({ path, text: "x", basedOn: null, onlyNew: true }))).kind).toBe("name-taken");
    expect(readFileSync(path, "utf8")).toBe("mine");
    await saveSource({ path: join(folder, "new.c"), text: "x", basedOn: null, onlyNew: true });
    expect(readdirSync(folder).toSorted()).toEqual(["new.c", "there.c"]);
  });
});

describe("files and search", () => {
  beforeEach(async () => {
    await workspace.handlers["workspace.open"]({ folder }, context);
    mkdirSync(join(folder, ".git"));
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    writeFileSync(join(folder, ".git/config"), "needle");
    writeFileSync(join(folder, "a.c"), "int needle;\r\n\tneedle(ü, needle);\n");
    writeFileSync(join(folder, "deep/er/B x.h"), "/* Needles */\nüü needle\n");
    writeFileSync(join(folder, "binary.o"), Buffer.from([0x7f, 0, 1, 2]));
    writeFileSync(join(folder, "long.txt"), `${"x".repeat(300_000)}needle`);
  });

  it("lists what can be opened, the nearest first", async () => {
    expect(await workspace.handlers["workspace.files"]({}, context)).toEqual({
      files: ["a.c", "binary.o", "long.txt", "deep/er/B x.h"],
      more: false,
    });
  });

  const search = (text: string, options: { regex?: boolean; matchCase?: boolean; wholeWord?: boolean } = {}) =>
    workspace.handlers["workspace.search"](
      { search: 7, text, regex: false, matchCase: false, wholeWord: false, ...options },
      context,
    );
  const places = () =>
    found
      .flatMap(({ path, matches }) =>
        matches.map(({ line, column, match }) => `${path.slice(folder.length + 1)}:${line}:${column} ${match}`),
      )
      .toSorted();

  it("finds literal text with its column in characters", async () => {
    expect(await search("needle")).toEqual({ matches: 6, files: 3, more: false });
    expect(places()).toEqual([
      "a.c:1:5 needle",
      "a.c:2:12 needle",
      "a.c:2:2 needle",
      "deep/er/B x.h:1:4 Needle",
      "deep/er/B x.h:2:4 needle",
      "long.txt:1:300001 needle",
    ]);
    const line = found.flatMap(({ matches }) => matches).find(({ column }) => column === 12);
    expect(line).toMatchObject({ before: "needle(ü, ", after: ");" });
    expect(found.every(({ search: number }) => number === 7)).toBe(true);
  });

  it("by case, by word, by expression", async () => {
    expect((await search("Needle", { matchCase: true })).matches).toBe(1);
    expect((await search("needle", { wholeWord: true })).matches).toBe(4);
    expect((await search("ne+d.e\\b", { regex: true })).matches).toBe(5);
    expect((await search("--version")).matches).toBe(0);
    const failure = await failureOf(search("(", { regex: true }));
    expect(failure).toMatchObject({ kind: "bad-value" });
    expect(failure.message).toMatch(/parenthes/);
  });

  it("ends at its limit, and when nobody wants it any more", async () => {
    writeFileSync(join(folder, "many.txt"), "needle needle needle needle needle needle\n".repeat(2000));
    expect(await search("needle")).toMatchObject({ matches: 5000, more: true });
    const stopped = new CancellationTokenSource();
    const { token } = stopped;
    stopped.cancel();
    const params = { search: 1, text: "x", regex: false, matchCase: false, wholeWord: false };
    expect((await failureOf(workspace.handlers["workspace.search"](params, { token }))).kind).toBe("cancelled");
  });

  it("a folder that is gone is said", async () => {
    rmSync(folder, { recursive: true });
    expect((await failureOf(search("needle"))).kind).toBe("file");
    expect((await failureOf(workspace.handlers["workspace.files"]({}, context))).message).toMatch(/it is not there/);
  });
});

describe.each([
  ["told by the kernel", { pollMilliseconds: 60_000 }],
  ["by polling", { pollMilliseconds: 100, notifies: false }],
])("changes by others, %s", (_how, options) => {
  let watches: Watches;
  let changed: SourceChanged[] = [];
  let folders: FolderChanged[] = [];
  beforeEach(() => {
    changed = [];
    folders = [];
    watches = createFileWatches({
      source: (one) => changed.push(one),
      folder: (one) => folders.push(one),
      ...options,
    });
  });
  afterEach(() => watches.end());

  it("a write, a replacement, a removal and a return are each told", async () => {
    const path = join(folder, "a.c");
    writeFileSync(path, "one");
    watches.follow([path], [folder]);
    const last = () => changed.at(-1)?.version;
    await vi.waitFor(() => expect(last()).toBe(versionOf(Buffer.from("one"))));
    writeFileSync(path, "two");
    await vi.waitFor(() => expect(last()).toBe(versionOf(Buffer.from("two"))));
    writeFileSync(join(folder, "b"), "three");
    renameSync(join(folder, "b"), path);
    await vi.waitFor(() => expect(last()).toBe(versionOf(Buffer.from("three"))));
    rmSync(path);
    await vi.waitFor(() => expect(last()).toBeNull());
    writeFileSync(path, "four");
    await vi.waitFor(() => expect(last()).toBe(versionOf(Buffer.from("four"))));
    expect(folders.length).toBeGreaterThan(0);
  });

  it("a folder that goes away, and what is not followed any more", async () => {
    const path = join(folder, "a.c");
    writeFileSync(path, "one");
    watches.follow([], [folder]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(folder, { recursive: true });
    if (options.pollMilliseconds < 1000) {
      await vi.waitFor(() => expect(folders.at(-1)?.trouble).toMatch(/it is not there/));
    } else await vi.waitFor(() => expect(folders.length).toBeGreaterThan(0));
    expect(changed).toEqual([]);
  });
});

it("a state directory that cannot be written is no reason not to open a folder", async () => {
  writeFileSync(join(made("state"), "workspaces.json"), "{ not JSON");
  chmodSync(join(home, "state"), 0o500);
  expect((await workspace.handlers["workspace.open"]({ folder }, context)).folder).toBe(folder);
  chmodSync(join(home, "state"), 0o700);
});
