/** The helper's command line: three closed choices and a socket. Nothing else is read from outside before the socket speaks. */
import { parseArgs } from "node:util";

export type Role = "plain" | "elevated";
/** how this very start came by its uid: decides whose listener it may talk to */
export type Crossed = "none" | "sudo" | "pkexec";

export interface HelperArguments {
  readonly role: Role;
  /** absolute path of the unix socket that main listens on */
  readonly connect: string;
  readonly crossed: Crossed;
}

/** sun_path of struct sockaddr_un is 108 bytes with its NUL (include/uapi/linux/un.h); Node cuts a longer one in silence. */
const maximumSocketPathBytes = 107;

/** null where the command line is not of the one form that main uses */
export function parseHelperArguments(argv: readonly string[]): HelperArguments | null {
  let values: { role?: string | undefined; connect?: string | undefined; crossed?: string | undefined };
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: { role: { type: "string" }, connect: { type: "string" }, crossed: { type: "string", default: "none" } },
      strict: true,
      allowPositionals: false,
    }));
  } catch {
    return null;
  }
  const { role, connect, crossed } = values;
  if (role !== "plain" && role !== "elevated") return null;
  if (crossed !== "none" && crossed !== "sudo" && crossed !== "pkexec") return null;
  if (role === "plain" && crossed !== "none") return null;
  if (connect === undefined || !connect.startsWith("/") || connect.includes("\0")) return null;
  if (Buffer.byteLength(connect) > maximumSocketPathBytes) return null;
  return { role, connect, crossed };
}
