/** A unix socket as a pipe of JSON lines. */
import type { Socket } from "node:net";
import { createLineSplitter } from "../../protocol/lines.ts";
import type { Pipe } from "../../protocol/pipe.ts";
import { maximumMessageBytes } from "../../protocol/wire.ts";

export function socketPipe(socket: Socket): Pipe {
  return {
    send(text) {
      if (socket.writable) socket.write(`${text}\n`);
    },
    receive(handlers) {
      const splitter = createLineSplitter(maximumMessageBytes, {
        line: (parts) => handlers.message(Buffer.concat(parts).toString("utf8")),
        overlong: handlers.overlong,
      });
      socket.on("data", (chunk: Buffer) => splitter.push(chunk));
      // "close" follows every "error"; the error itself says nothing that the close does not.
      socket.on("error", () => undefined);
      socket.once("close", () => handlers.closed());
    },
    close() {
      socket.destroy();
    },
  };
}
