/** A verifier that is at a program for long says nothing itself: somebody has to tell how long it is at it already. */
import type { CancellationToken } from "vscode-jsonrpc";

export type TellHowLong = (program: string, seconds: number) => void;

/** Tells each second, from the first on, until it is over or nobody waits for it any more. */
export async function tellingHowLong<T>(
  tell: TellHowLong | undefined,
  program: string,
  token: CancellationToken | undefined,
  run: () => Promise<T>,
): Promise<T> {
  if (tell === undefined) return run();
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    if (token?.isCancellationRequested !== true) tell(program, seconds);
  }, 1_000);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
