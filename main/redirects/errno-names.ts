/** Names and words of the errno values that redirects fail with (include/uapi/asm-generic/errno*.h); libuv's for others. */
import { getSystemErrorMap } from "node:util";

const known: Readonly<Record<number, readonly [name: string, words: string]>> = {
  2: ["ENOENT", "no such entry"],
  6: ["ENXIO", "no such device or address"],
  7: ["E2BIG", "argument list too long"],
  12: ["ENOMEM", "out of memory"],
  14: ["EFAULT", "bad address"],
  16: ["EBUSY", "device or resource busy"],
  19: ["ENODEV", "no such device"],
  22: ["EINVAL", "invalid argument"],
  28: ["ENOSPC", "no space left"],
  56: ["EBADRQC", "invalid request code"],
  75: ["EOVERFLOW", "value too large"],
  90: ["EMSGSIZE", "message too long"],
  95: ["EOPNOTSUPP", "operation not supported"],
  100: ["ENETDOWN", "network is down"],
  105: ["ENOBUFS", "no buffer space available"],
};

export function errnoName(errno: number): string {
  return known[errno]?.[0] ?? getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}

export function errnoWords(errno: number): string {
  return known[errno]?.[1] ?? getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;
}
