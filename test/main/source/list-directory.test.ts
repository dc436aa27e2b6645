import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listDirectory } from "../../../main/source/list-directory.ts";
import { failureOf, temporaryFolder } from "./temporary-folder.ts";

test("folders first, then sources, objects and the rest; hidden ones are left out", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "sub"));
  symlinkSync("sub", join(folder, "also"));
  symlinkSync("nowhere", join(folder, "dangling"));
  for (const name of ["b.o", "z.bpf.c", "a.h", "notes.txt", ".hidden.c"]) writeFileSync(join(folder, name), "");
  const { entries } = await listDirectory(`${folder}/sub/..`);
  expect(entries.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "directory also",
    "directory sub",
    "source a.h",
    "source z.bpf.c",
    "object b.o",
    "other dangling",
    "other notes.txt",
  ]);
});

test("a folder that is not there, and a file", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a.c"), "");
  expect(await failureOf(listDirectory(join(folder, "no")))).toMatchObject({ kind: "file", code: "ENOENT" });
  expect(await failureOf(listDirectory(join(folder, "a.c")))).toMatchObject({ kind: "file", code: "ENOTDIR" });
});
