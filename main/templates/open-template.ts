/** A copy of a template in the user's workspace: made once, then theirs. */
import { copyFile, cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../../protocol/failures.ts";
import type { Source } from "../../protocol/source.ts";
import { fileFailure } from "../source/file-failure.ts";
import { readSource } from "../source/read-source.ts";
import { readTemplates } from "./list-templates.ts";

/** @throws Failed `not-found`, `file` */
export async function openTemplate(root: string, workspace: string, id: string): Promise<Source> {
  const template = readTemplates(root).find((candidate) => candidate.id === id);
  if (template === undefined) {
    return fail({
      kind: "not-found",
      what: "template",
      name: id,
      message: `open template ${id}: there is none of that name`,
    });
  }
  const folder = join(workspace, id);
  const path = join(folder, template.file.program);
  try {
    await mkdir(folder, { recursive: true });
    // A file that the user deleted comes back; one that they changed is left alone.
    const there = new Set(await readdir(folder));
    for (const name of await readdir(template.folder)) {
      if (there.has(name)) continue;
      const from = join(template.folder, name);
      await copyFile(from, join(folder, name)).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== "EISDIR") throw error;
        await cp(from, join(folder, name), { recursive: true });
      });
    }
  } catch (error) {
    throw fileFailure("open template in", folder, error);
  }
  return readSource(path);
}
