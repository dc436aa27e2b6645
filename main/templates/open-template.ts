/** A copy of a template in the user's workspace: made once, then theirs. */
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Source } from "../../protocol/source.ts";
import { fileFailure } from "../source/file-failure.ts";
import { readSource } from "../source/read-source.ts";
import { findTemplate } from "./list-templates.ts";

/** @throws Failed `not-found`, `file` */
export async function openTemplate(root: string, workspace: string, id: string): Promise<Source> {
  const template = findTemplate(root, id);
  const folder = join(workspace, id);
  const path = join(folder, template.file.program);
  try {
    await mkdir(folder, { recursive: true });
    // A file that the user deleted comes back; one that they changed is left alone.
    await cp(template.folder, folder, { recursive: true, force: false, errorOnExist: false });
  } catch (error) {
    throw fileFailure("open template in", folder, error);
  }
  return readSource(path);
}
