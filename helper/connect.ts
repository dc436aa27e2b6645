/** To main's socket, and to nobody else's: the helper never listens. */
import { connect, type Socket } from "node:net";
import type { NativeFace } from "./native/face.ts";

/** null where nobody listens, or somebody who is not the user that started us */
export function connectTo(
  path: string,
  uid: number,
  native: Pick<NativeFace, "peerCredentials">,
): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(null));
    socket.once("connect", () => {
      const fd = descriptorOf(socket);
      if (fd !== null && native.peerCredentials(fd).uid === uid) resolve(socket);
      else {
        socket.destroy();
        resolve(null);
      }
    });
  });
}

/** Node names a socket's descriptor only on the handle behind it. */
export function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : null;
  return typeof fd === "number" && fd >= 0 ? fd : null;
}
