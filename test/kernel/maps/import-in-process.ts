/** A main that serves its windows on a socket, to be killed: `node THIS STATE-DIRECTORY SOCKET`. Says "ready". */
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { socketPipe } from "../../../helper/pipe.ts";
import { connectPeer } from "../../../protocol/peer.ts";
import { openRooms } from "./changing.ts";
import { importing, progress } from "./importing.ts";

const [, , state = "", path = ""] = process.argv;
const listeners = new Set<(params: { done: number; total: number }) => void>();
const rooms = openRooms(state, (done, total) => {
  for (const listener of listeners) listener({ done, total });
});
await rooms.helpers.elevated("test");
rmSync(path, { force: true });
createServer((socket) => {
  const tell = (params: { done: number; total: number }): void => peer.notify("progress", params);
  const peer = connectPeer(
    socketPipe(socket),
    {},
    {
      ...{ serves: importing, handlers: rooms.handlers, sends: progress, hears: {} },
      closed: () => listeners.delete(tell),
    },
  );
  listeners.add(tell);
}).listen(path, () => process.stdout.write("ready\n"));
