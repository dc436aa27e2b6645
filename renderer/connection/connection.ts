/**
 * The only file that touches a WebSocket or a MessagePort. In the browser's door the page opens a WebSocket to where it
 * came from; in Electron the preload script hands over a MessagePort.
 */
import "vscode-jsonrpc/browser";
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { Params, Result } from "../../protocol/contract.ts";
import { workbench, workbenchNotifications } from "../../protocol/contracts.ts";
import { Failed } from "../../protocol/failures.ts";
import { connectPeer, type Peer } from "../../protocol/peer.ts";
import type { Pipe } from "../../protocol/pipe.ts";

export type ConnectionState =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** dropped; it is tried again by itself */
  | { readonly state: "lost" }
  /** the server is there and does not know us any more: its address with a new token is needed */
  | { readonly state: "refused" };

export type Heard = {
  readonly [N in keyof typeof workbenchNotifications]?: (params: z.infer<(typeof workbenchNotifications)[N]>) => void;
};

export interface ConnectionHandlers {
  readonly heard: Heard;
  readonly changed: (state: ConnectionState) => void;
}

export interface Connection {
  request<M extends keyof typeof workbench>(
    method: M,
    params: Params<(typeof workbench)[M]>,
    token?: CancellationToken,
  ): Promise<Result<(typeof workbench)[M]>>;
}

const firstRetryMilliseconds = 500;
const lastRetryMilliseconds = 5000;
const portMilliseconds = 3000;

export function connect(handlers: ConnectionHandlers): Connection {
  let peer: Peer<typeof workbench, Record<string, never>> | null = null;
  let retry = firstRetryMilliseconds;

  const open = async (): Promise<void> => {
    const pipe = (await handedOver) ?? (await socketPipe());
    if (pipe === null) {
      await again();
      return;
    }
    retry = firstRetryMilliseconds;
    const opened = connectPeer(pipe, workbench, {
      serves: {},
      handlers: {},
      sends: {},
      hears: workbenchNotifications,
      notified: handlers.heard,
      closed: () => {
        if (peer !== opened) return;
        peer = null;
        handlers.changed({ state: "lost" });
        // Electron's port lives as long as the window: there is no second one to wait for.
        void handedOver.then((port) => (port === null ? again() : undefined));
      },
      trouble: (what) => console.warn(what),
    });
    peer = opened;
    handlers.changed({ state: "open" });
  };

  const again = async (): Promise<void> => {
    const refused = await isRefused();
    handlers.changed({ state: refused ? "refused" : "lost" });
    setTimeout(() => void open(), retry);
    retry = Math.min(retry * 2, lastRetryMilliseconds);
  };

  void open();
  return {
    async request(method, params, token) {
      if (peer === null) {
        throw new Failed({ kind: "helper-gone", message: "there is no connection to the workbench" });
      }
      return peer.request(method, params, token);
    },
  };
}

/** null where it could not be opened: a browser does not tell why. */
function socketPipe(): Promise<Pipe | null> {
  return new Promise((resolve) => {
    const url = new URL("rpc", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = "";
    url.hash = "";
    const socket = new WebSocket(url);
    let whenClosed: (() => void) | null = null;
    socket.addEventListener("open", () =>
      resolve({
        send: (text) => socket.send(text),
        receive(pipe) {
          whenClosed = () => pipe.closed();
          socket.addEventListener("message", (event) => {
            if (typeof event.data === "string") pipe.message(event.data);
          });
        },
        close: () => socket.close(),
      }),
    );
    socket.addEventListener("close", () => {
      whenClosed?.();
      resolve(null);
    });
  });
}

/** The server answers, but not to this browser: its cookie belongs to an earlier run. */
async function isRefused(): Promise<boolean> {
  try {
    const { status } = await fetch("./", { method: "HEAD", cache: "no-store" });
    return status === 401 || status === 403;
  } catch {
    return false;
  }
}

/**
 * The preload script posts the port into the page, once. The page also asks for it, in case that the preload script
 * waits for somebody who listens.
 */
function listenForPort(): Promise<Pipe> {
  return new Promise((resolve) => {
    const listener = (event: MessageEvent): void => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== "xdpw-port" || port === undefined) return;
      removeEventListener("message", listener);
      resolve({
        send: (text) => port.postMessage(text),
        receive(pipe) {
          port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
            if (typeof data === "string") pipe.message(data);
          });
          port.addEventListener("close", () => pipe.closed());
          port.start();
        },
        close: () => port.close(),
      });
    };
    addEventListener("message", listener);
    postMessage("xdpw-port-wanted", location.origin);
  });
}

/**
 * null in a browser. A browser built on Electron (an editor's preview, say) looks like our window and has no preload
 * script of ours: where the page came over HTTP, the port is waited for a moment only.
 */
async function portOfElectron(): Promise<Pipe | null> {
  if (location.protocol === "app:") return listenForPort();
  if (!navigator.userAgent.includes(" Electron/")) return null;
  return Promise.race([listenForPort(), new Promise<null>((resolve) => setTimeout(resolve, portMilliseconds, null))]);
}

// Listening starts when this file is read: the preload script may post before anything is drawn.
const handedOver = portOfElectron();
