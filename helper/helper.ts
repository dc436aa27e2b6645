/**
 * The helper process. It connects to main, makes itself as small as its role allows, serves that role's contract over
 * the one socket, and ends with it. It never listens and never writes to standard output.
 * Exit: 0 the connection ended; 2 not started by main; 3 the addon cannot be loaded; 4 nobody to serve.
 */
import "vscode-jsonrpc/node";
import type { Socket } from "node:net";
import { elevatedHelper, helperNotifications, plainHelper } from "../protocol/helper-contracts.ts";
import { connectPeer } from "../protocol/peer.ts";
import { type HelperArguments, parseHelperArguments } from "./arguments.ts";
import { keptCapabilities } from "./capabilities.ts";
import { connectTo } from "./connect.ts";
import type { HelperContext } from "./context.ts";
import { elevatedHandlers } from "./elevated.ts";
import { environmentFor, replaceEnvironment } from "./environment.ts";
import { invokerUid } from "./invoker.ts";
import { createLedger } from "./ledger.ts";
import type { NativeFace } from "./native/face.ts";
import { loadNative } from "./native/load.ts";
import { socketPipe } from "./pipe.ts";
import { plainHandlers } from "./plain.ts";

/** what still runs when the connection ended gets this long, ms */
const lastMoment = 500;

const given = parseHelperArguments(process.argv.slice(2));
if (given === null) process.exit(2);
await main(given);

async function main({ role, connect, crossed }: HelperArguments): Promise<void> {
  const uid = invokerUid(crossed, process.env, {
    real: process.getuid?.() ?? -1,
    effective: process.geteuid?.() ?? -1,
  });
  const environment = environmentFor(role, process.env);
  replaceEnvironment(environment);
  process.chdir("/");
  process.umask(0o022);
  // a Ctrl+C in the user's terminal is main's to understand; we end when main's socket closes
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);

  const trouble = (what: string): void => {
    if (role === "plain") process.stderr.write(`helper: ${what}\n`);
  };
  const native = loadOrEnd(trouble);
  const socket = uid === null ? null : await connectTo(connect, uid, native);
  if (socket === null) process.exit(4);
  // after the socket, which may lie in another user's private folder
  if (role === "elevated") drop(native);
  await native.warmPool();
  serve(role, socket, native, environment, trouble);
}

function loadOrEnd(trouble: (what: string) => void): NativeFace {
  try {
    return loadNative();
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
    return process.exit(3);
  }
}

/** Without root there is nothing to drop, and each call says for itself what it may not. */
function drop(native: NativeFace): void {
  if (native.capabilities().includes("CAP_SETPCAP")) native.keepCapabilities(keptCapabilities);
}

function serve(
  role: HelperArguments["role"],
  socket: Socket,
  native: NativeFace,
  environment: HelperContext["environment"],
  trouble: (what: string) => void,
): void {
  const ledger = createLedger(trouble);
  const end = (): void => {
    ledger.releaseAll();
    // a child that is ending, or a load in the pool, must not keep us
    setTimeout(() => process.exit(0), lastMoment).unref();
    process.exitCode = 0;
  };
  process.once("SIGTERM", () => socket.destroy());
  const pipe = socketPipe(socket);
  const context: HelperContext = {
    ...{ native, ledger, environment, trouble },
    progress: (text) => peer.notify("lab.progress", { text }),
    interfacesChanged: (change) => peer.notify("interfaces.changed", change),
    guardsChanged: (list) => peer.notify("guards.changed", list),
  };
  const common = { sends: helperNotifications, hears: {}, closed: end, trouble };
  const peer =
    role === "plain"
      ? connectPeer(pipe, {}, { ...common, serves: plainHelper, handlers: plainHandlers(context) })
      : connectPeer(pipe, {}, { ...common, serves: elevatedHelper, handlers: elevatedHandlers(context) });
}
