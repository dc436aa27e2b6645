/** The pass template, attached for good where a redirect wants a program at the other end: as every attach, it is ours. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Place } from "../../protocol/interfaces.ts";
import { type AttachOutcome, attachInput } from "../attach/attach-input.ts";
import type { Attachments } from "../attach/attachments.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { passSource } from "./remedies.ts";

/** @throws Failed what attachInput throws; `foreign-program` where something is attached already */
export async function attachPass(
  helpers: HelperPool,
  attachments: Attachments,
  place: Place,
  token?: CancellationToken,
): Promise<AttachOutcome & { readonly path: string }> {
  const path = passSource();
  const wanted = { input: { path, text: null }, program: null, place, mode: "native", replace: null } as const;
  return { ...(await attachInput(helpers, attachments, wanted, token)), path };
}
