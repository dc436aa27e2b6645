/** The files of a workspace, for quick open: breadth first, so that what is near comes in where there are too many. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import type { WorkspaceFiles } from "../../protocol/workspace.ts";
import { fileFailure } from "../source/file-failure.ts";

export const skippedFolders: ReadonlySet<string> = new Set([".git", ".cache", "node_modules"]);
const limit = 20_000;
/** links are listed and not followed, but a bind mount may still go in circles */
const depthLimit = 24;

/** @throws Failed `file` where the folder itself cannot be read, `cancelled` */
export async function listFiles(folder: string, token: CancellationToken): Promise<WorkspaceFiles> {
  const files: string[] = [];
  let level: readonly string[] = [""];
  for (let depth = 0; level.length > 0 && depth < depthLimit; depth++) {
    const below: string[] = [];
    for (const under of level) {
      if (token.isCancellationRequested) {
        throw new Failed({ kind: "cancelled", message: `list ${folder}: cancelled` });
      }
      for (const entry of await entriesOf(folder, under)) {
        const name = under === "" ? entry.name : `${under}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!skippedFolders.has(entry.name)) below.push(name);
        } else if ((entry.isFile() || entry.isSymbolicLink()) && !/^\.xdpw-.*~$/.test(entry.name)) {
          if (files.length >= limit) return { files, more: true };
          files.push(name);
        }
      }
    }
    level = below;
  }
  return { files, more: level.length > 0 };
}

async function entriesOf(folder: string, under: string) {
  try {
    const found = await readdir(join(folder, under), { withFileTypes: true });
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (under === "") throw fileFailure("list", folder, error);
    return [];
  }
}
