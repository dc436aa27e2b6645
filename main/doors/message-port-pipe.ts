/** Electron's MessagePortMain as a pipe. */
import type { MessagePortMain } from "electron";
import type { Pipe } from "../../protocol/pipe.ts";
import { maximumMessageBytes } from "../../protocol/wire.ts";

export function messagePortPipe(port: MessagePortMain): Pipe {
  return {
    send: (text) => port.postMessage(text),
    receive(handlers) {
      port.on("message", ({ data }) => {
        const text = typeof data === "string" ? data : "";
        const bytes = Buffer.byteLength(text);
        if (bytes > maximumMessageBytes) handlers.overlong(bytes);
        else handlers.message(text);
      });
      port.once("close", handlers.closed);
      port.start();
    },
    close: () => port.close(),
  };
}
