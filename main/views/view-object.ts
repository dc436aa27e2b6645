/** What an object holds, as a tree. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Input } from "../../protocol/build.ts";
import { fail } from "../../protocol/failures.ts";
import type { ObjectTree } from "../../protocol/views.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";

export async function viewObject(_helpers: HelperPool, _input: Input, _token?: CancellationToken): Promise<ObjectTree> {
  return fail({ kind: "unsupported", feature: "views", since: null, message: "not built yet" });
}
