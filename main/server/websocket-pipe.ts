/** A WebSocket as a pipe. */
import type { RawData, WebSocket } from "ws";
import type { Pipe } from "../../protocol/pipe.ts";
import { maximumMessageBytes } from "../../protocol/wire.ts";

export function websocketPipe(socket: WebSocket): Pipe {
  return {
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    receive(handlers) {
      socket.on("message", (data: RawData, binary: boolean) => {
        const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
        if (bytes.length > maximumMessageBytes) handlers.overlong(bytes.length);
        else handlers.message(binary ? "" : bytes.toString("utf8"));
      });
      socket.on("error", () => undefined);
      socket.once("close", () => handlers.closed());
    },
    close() {
      socket.close();
    },
  };
}
