/** The far end of the SSH connection that the workbench was started over. */
import { isIPv6 } from "node:net";
import * as z from "zod";

const address = z.union([z.ipv4(), z.ipv6()]);

/** From SSH_CONNECTION, "client port server port"; null where there is none. IPv6 as RFC 5952 writes it. */
export function userConnection(environment: Readonly<Record<string, string | undefined>>): string | null {
  const client = (environment["SSH_CONNECTION"] ?? "").split(" ")[0]?.replace(/%.*$/, "") ?? "";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(client)?.[1] ?? client;
  if (!address.safeParse(mapped).success) return null;
  return isIPv6(mapped) ? new URL(`http://[${mapped}]/`).hostname.slice(1, -1) : mapped;
}
