/** Node's sockets as pipes. */
import type { Socket } from "node:net";
import type { Pipe } from "../../protocol/pipe.ts";
import { socketPipe as pipeOver } from "../../protocol/socket-pipe.ts";

export function socketPipe(socket: Socket): Pipe {
  return pipeOver(socket, (parts) => Buffer.concat(parts).toString("utf8"));
}
