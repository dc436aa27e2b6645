/** Established TCP connections of a namespace, from /proc/net/tcp and tcp6. Total: lines of another shape are passed over. */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";

export interface TcpConnection {
  readonly localPort: number;
  /** 4 bytes, or 16; IPv4 in IPv6 is told as IPv4 */
  readonly remote: Buffer;
  readonly inode: string;
}

const established = "01";

/** Of the namespace that the thread stands in. */
export function tcpConnections(): TcpConnection[] {
  return ["/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"].flatMap((path) => {
    try {
      return parseConnections(readFileSync(path, "utf8"));
    } catch {
      // a kernel without IPv6
      return [];
    }
  });
}

/** of the text of either file; loopback is left out */
export function parseConnections(text: string): TcpConnection[] {
  return text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const local = /^[0-9A-F]+:([0-9A-F]{4})$/.exec(words[1] ?? "");
    const remote = /^((?:[0-9A-F]{8}){1,4}):[0-9A-F]{4}$/.exec(words[2] ?? "");
    const inode = words[9];
    if (local === null || remote === null || inode === undefined || words[3] !== established) return [];
    const address = unmapped(hostOrder(Buffer.from(remote[1] ?? "", "hex")));
    if (isLoopback(address)) return [];
    return [{ localPort: Number.parseInt(local[1] ?? "", 16), remote: address, inode }];
  });
}

/** The kernel prints each 32 bits as a number of the host's. */
function hostOrder(bytes: Buffer): Buffer {
  return endianness() === "LE" ? Buffer.from(bytes).swap32() : bytes;
}

function unmapped(address: Buffer): Buffer {
  const mapped = address.length === 16 && address.subarray(0, 12).toString("hex") === "00000000000000000000ffff";
  return mapped ? address.subarray(12) : address;
}

function isLoopback(address: Buffer): boolean {
  return address.length === 4 ? address[0] === 127 : address.toString("hex") === `${"0".repeat(31)}1`;
}

/** As people write it: RFC 5952 for IPv6. */
export function addressText(address: Buffer): string {
  if (address.length === 4) return [...address].join(".");
  const groups = address.toString("hex").match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
