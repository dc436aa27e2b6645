/** A new program from a template: a copy in a folder of its own, under the names that the user chose. */
import { mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { Failed, fail } from "../../protocol/failures.ts";
import type { CreatedFromTemplate, CreateFromTemplateParams } from "../../protocol/source.ts";
import { quote } from "../commands/shell.ts";
import { tokenise } from "../legacy/tokenise.ts";
import { fileFailure, isErrno } from "../source/file-failure.ts";
import { readSource } from "../source/read-source.ts";
import { keptOfMapName, takenNames, wrongName } from "./check-names.ts";
import { findTemplate, isMap, type StoredTemplate } from "./list-templates.ts";
import { type Renames, renameInPackets, renameInReadme, renameInSource } from "./rename-in-template.ts";

/** @throws Failed `not-found`, `bad-value` with the id of the name, `name-taken`, `file` */
export async function createFromTemplate(root: string, params: CreateFromTemplateParams): Promise<CreatedFromTemplate> {
  const { id, folder } = params;
  const template = findTemplate(root, id);
  const { program } = template.file;
  const text = await readFile(join(template.folder, program), "utf8");
  const tokens = tokenise(text);
  const taken = takenNames(tokens, new Set(template.file.names.map((name) => name.default)));
  const renames = checkNames(template, params.names, taken);
  const place = { from: `bpf-templates/${id}`, to: quote(folder) };
  const files = new Map([[program, renameInSource(text, tokens, renames)]]);
  // what describes the lesson itself stays with the lesson
  await copyText(template, "README.md", (readme) => renameInReadme(readme, renames, place), files);
  await copyText(template, "packets.json", (packets) => renameInPackets(packets, renames), files);
  await writeFolder(folder, files);
  return { source: await readSource(join(folder, program)), notes: notesOn(template, renames) };
}

function checkNames({ id, file }: StoredTemplate, given: Readonly<Record<string, string>>, taken: ReadonlySet<string>) {
  const known = file.names.map((name) => name.id);
  const refuse = (field: string, message: string): never =>
    fail({ kind: "bad-value", field, message: `new from ${id}: ${message}` });
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) refuse(name, `it has no name ${JSON.stringify(name)}; it has ${known.join(", ")}`);
  }
  const renames = new Map<string, string>();
  for (const { id: name, default: from } of file.names) {
    const to = given[name] ?? from;
    const wrong = to === from ? null : wrongName(to, taken);
    if (wrong !== null) refuse(name, `${name} ${JSON.stringify(to)}: ${wrong}`);
    if ([...renames.values()].includes(to))
      refuse(name, `${name} ${JSON.stringify(to)}: two things cannot share a name`);
    renames.set(from, to);
  }
  return renames;
}

function notesOn({ file }: StoredTemplate, renames: Renames): string[] {
  return [...renames]
    .filter(([from, to]) => isMap(file, from) && to.length > keptOfMapName)
    .map(
      ([, to]) =>
        `the kernel keeps ${keptOfMapName} characters of a map's name: ${to} is listed as ${to.slice(0, keptOfMapName)} by other tools`,
    );
}

async function copyText(
  { folder }: StoredTemplate,
  name: string,
  change: (text: string) => string,
  files: Map<string, string>,
): Promise<void> {
  try {
    files.set(name, change(await readFile(join(folder, name), "utf8")));
  } catch (error) {
    if (!isErrno(error) || error.code !== "ENOENT") throw fileFailure("read", join(folder, name), error);
  }
}

/** Whole or not at all; rename(2) onto an empty folder would take it over, so the folder is made first. */
async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const building = join(dirname(folder), `.${basename(folder)}.${randomBytes(4).toString("hex")}~`);
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(building);
    for (const [name, text] of files) await writeFile(join(building, name), text, { flag: "wx" });
    await mkdir(folder).catch((error: unknown) => {
      if (!isErrno(error) || error.code !== "EEXIST") throw error;
      fail({
        kind: "name-taken",
        name: folder,
        message: `make ${folder}: something of that name is there already; choose another`,
      });
    });
    await rename(building, folder).catch(async (error: unknown) => {
      await rmdir(folder);
      throw error;
    });
  } catch (error) {
    // where the folder above is none, there is nothing to remove either
    await rm(building, { recursive: true, force: true }).catch(() => {});
    if (error instanceof Failed) throw error;
    throw fileFailure("make", folder, error);
  }
}
