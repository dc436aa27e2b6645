/** A connected unix socket as a pipe of text messages, one JSON text a line. */
import type { Socket } from "node:net";
import { createLineSplitter } from "../protocol/lines.ts";
import type { Pipe } from "../protocol/pipe.ts";
import { maximumMessageBytes } from "../protocol/wire.ts";

export function socketPipe(socket: Socket): Pipe {
  return {
    send(text) {
      if (socket.writable) socket.write(`${text}\n`);
    },
    receive(handlers) {
      const lines = createLineSplitter(maximumMessageBytes, {
        line: (parts) => handlers.message(Buffer.concat(parts).toString("utf8")),
        overlong: (bytes) => handlers.overlong(bytes),
      });
      socket.on("data", (chunk: Buffer) => lines.push(chunk));
      // the other side never half-closes: its end is the end of both ways
      socket.on("end", () => socket.destroy());
      socket.on("error", () => socket.destroy());
      socket.on("close", () => handlers.closed());
    },
    close() {
      socket.destroy();
    },
  };
}
