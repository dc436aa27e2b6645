/** Which folder is open, and which were before, in the state directory: shared by all windows and doors. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { path } from "../../protocol/wire.ts";
import { isErrno } from "../source/file-failure.ts";
import { writeWhole } from "./write-whole.ts";

const remembered = z.strictObject({ folder: path.nullable(), recent: z.array(path) });
/** `folder` null: the usual one */
export type Remembered = z.infer<typeof remembered>;

const kept = 12;

export function rememberedWorkspaces(state: string): Remembered {
  try {
    const parsed = remembered.safeParse(JSON.parse(readFileSync(join(state, "workspaces.json"), "utf8")));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!isErrno(error) && !(error instanceof SyntaxError)) throw error;
  }
  return { folder: null, recent: [] };
}

/** Not being able to remember is no reason not to open it. */
export async function rememberWorkspace(state: string, folder: string, usual: string): Promise<void> {
  const { recent } = rememberedWorkspaces(state);
  const now: Remembered = {
    folder: folder === usual ? null : folder,
    recent: [folder, ...recent.filter((one) => one !== folder)].slice(0, kept),
  };
  await writeWhole(join(state, "workspaces.json"), JSON.stringify(now)).catch(() => undefined);
}
