/** What an object holds, as a tree; a source is built first. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Input } from "../../protocol/build.ts";
import { fail } from "../../protocol/failures.ts";
import type { ObjectTree } from "../../protocol/views.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { readElf } from "../object/read-elf.ts";
import { buildForView } from "./build-for-view.ts";
import { describeObject } from "./describe-object.ts";

/** @throws Failed `build-failed`, and what buildInput throws */
export async function viewObject(helpers: HelperPool, input: Input, token?: CancellationToken): Promise<ObjectTree> {
  const { object, notes } = await buildForView(helpers, input, token);
  const { contents, bytes } = object;
  const read = readElf(bytes, `object ${object.name}`);
  if (!read.ok) return fail({ kind: "bad-object", reason: read.failure.kind, message: read.failure.message });
  const tree = describeObject(contents, bytes, read.elf, input.path, contents.source?.lines.join("\n") ?? null);
  return { ...tree, notes: [...new Set([...notes, ...tree.notes])] };
}
