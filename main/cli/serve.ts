/** xdpw serve: the workbench for a browser, until it is told to end. */
import { hostname, userInfo } from "node:os";
import { rendererRoot } from "../paths.ts";
import { serveWindow } from "../server/serve-workbench.ts";
import { startServer } from "../server/start-server.ts";
import { checkedNumber } from "./checked.ts";
import { type CommandContext, flagText, type Paint } from "./command.ts";

export async function runServe(context: CommandContext): Promise<null> {
  const { typed, token, note, show, paint } = context;
  const wanted = flagText(typed, "port");
  const port = wanted === null ? null : checkedNumber(wanted, 0, 65_535, "--port");
  const server = await startServer({
    port,
    root: rendererRoot(),
    connected: (pipe) => serveWindow(context.workbench, pipe, note),
  });
  context.workbench.openForWindows();
  try {
    const { url } = server;
    const text = serveText(url, server.port, paint);
    await show({ ok: true, text, json: { value: { url, port: server.port } } });
    await new Promise<void>((resolve) => {
      if (token.isCancellationRequested) resolve();
      else token.onCancellationRequested(() => resolve());
    });
  } finally {
    await server.close();
  }
  return null;
}

export function serveText(url: string, port: number, paint: Paint): string {
  return [
    `${paint.bold(url)}\n`,
    "  open it in a browser on this machine; its token lets one browser in, once\n",
    `  from another machine: ssh -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()}, then open the same URL there\n`,
    "  Ctrl+C ends it; what is attached stays attached, but for the setting detachOnExit\n",
  ].join("");
}
