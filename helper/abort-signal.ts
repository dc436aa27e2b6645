/** A cancelled request as what stops a load: the native face knows no JSON-RPC. */
import type { CancellationToken } from "vscode-jsonrpc";

export function abortSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
