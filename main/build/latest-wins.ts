/** A newer edit makes the answer about the older one worthless: of the runs for one path, the latest goes on alone. */
import { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";

export type LatestWins = <T>(
  path: string,
  token: CancellationToken,
  run: (token: CancellationToken) => Promise<T>,
) => Promise<T>;

/** One for each window: what one of them types does not stop another. */
export function createLatestWins(): LatestWins {
  const running = new Map<string, CancellationTokenSource>();
  return async (path, token, run) => {
    const source = new CancellationTokenSource();
    // made before it can be cancelled: a token that is born cancelled never calls its listeners
    const own = source.token;
    const link = token.onCancellationRequested(() => source.cancel());
    if (token.isCancellationRequested) source.cancel();
    running.get(path)?.cancel();
    running.set(path, source);
    try {
      return await run(own);
    } finally {
      link.dispose();
      if (running.get(path) === source) running.delete(path);
    }
  };
}
