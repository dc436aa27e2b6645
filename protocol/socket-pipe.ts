/** A stream socket as a pipe of messages, see frames.ts. Works on Node's sockets without knowing Node. */
import { createFrameSplitter, headOf } from "./frames.ts";
import type { Pipe } from "./pipe.ts";
import { maximumMessageBytes } from "./wire.ts";

/** The part of `net.Socket` that a pipe needs. */
export interface ByteSocket {
  readonly writable: boolean;
  write(data: string | Uint8Array): unknown;
  /** what is written until uncork goes out in one call of the system */
  cork(): void;
  uncork(): void;
  destroy(): unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error" | "close", listener: () => void): unknown;
}

/** `decode` joins the parts of one message and reads them as UTF-8. */
export function socketPipe(socket: ByteSocket, decode: (parts: readonly Uint8Array[]) => string): Pipe {
  return {
    send(text, beside) {
      if (!socket.writable) return;
      if (beside === undefined) {
        socket.write(`${text}\n`);
        return;
      }
      socket.cork();
      socket.write(`${headOf(beside)}${text}\n`);
      for (const bytes of Object.values(beside)) socket.write(bytes);
      socket.uncork();
    },
    receive(handlers) {
      const frames = createFrameSplitter(maximumMessageBytes, {
        message: (parts, beside) => handlers.message(decode(parts), beside),
        overlong: (bytes) => handlers.overlong(bytes),
      });
      socket.on("data", (chunk) => frames.push(chunk));
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
