/** A stream socket as a pipe of text messages, one JSON text a line. Works on Node's sockets without knowing Node. */
import { createLineSplitter } from "./lines.ts";
import type { Pipe } from "./pipe.ts";
import { maximumMessageBytes } from "./wire.ts";

/** The part of `net.Socket` that a pipe needs. */
export interface ByteSocket {
  readonly writable: boolean;
  write(text: string): unknown;
  destroy(): unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error" | "close", listener: () => void): unknown;
}

/** `decode` joins the parts of one message and reads them as UTF-8. */
export function socketPipe(socket: ByteSocket, decode: (parts: readonly Uint8Array[]) => string): Pipe {
  return {
    send(text) {
      if (socket.writable) socket.write(`${text}\n`);
    },
    receive(handlers) {
      const lines = createLineSplitter(maximumMessageBytes, {
        line: (parts) => handlers.message(decode(parts)),
        overlong: (bytes) => handlers.overlong(bytes),
      });
      socket.on("data", (chunk) => lines.push(chunk));
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
