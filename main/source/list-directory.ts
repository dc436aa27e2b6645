/** A folder's entries for the Open dialog: folders first, then what the workbench can open. */
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Directory } from "../../protocol/source.ts";
import { fileFailure } from "./file-failure.ts";

type Kind = Directory["entries"][number]["kind"];
const order: readonly Kind[] = ["directory", "source", "object", "other"];

/** @throws Failed `file` */
export async function listDirectory(path: string): Promise<Directory> {
  const folder = resolve(path);
  try {
    const found = await readdir(folder, { withFileTypes: true });
    const entries = await Promise.all(
      found
        .filter((entry) => !entry.name.startsWith("."))
        .map(async (entry) => {
          const directory = entry.isSymbolicLink()
            ? ((await stat(join(folder, entry.name)).catch(() => null))?.isDirectory() ?? false)
            : entry.isDirectory();
          return { name: entry.name, kind: directory ? "directory" : kindOf(entry.name) } as const;
        }),
    );
    entries.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.name.localeCompare(b.name));
    return { path: folder, entries };
  } catch (error) {
    throw fileFailure("list", folder, error);
  }
}

function kindOf(name: string): Kind {
  if (/\.(c|h)$/i.test(name)) return "source";
  if (/\.(o|elf)$/i.test(name)) return "object";
  return "other";
}
