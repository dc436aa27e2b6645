/** Ids that one network namespace gives to others (RTM_GETNSID; include/uapi/linux/net_namespace.h). */
import { closeSync, openSync } from "node:fs";
import { Failed } from "../../protocol/failures.ts";
import { isKernelError } from "../failures.ts";
import { inNamespace, namespacePath } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { asU32, attributesByType, putU32 } from "./attributes.ts";

const getNamespaceId = 90; // RTM_GETNSID
const attribute = { nsid: 1, fd: 3 } as const;
/** struct rtgenmsg, as long as attributes want it */
const headerLength = 4;
const notAssigned = 0xffff_ffff;

/** What `netns` calls `other`; null where it has no id for it, or one of them cannot be entered. */
export function namespaceIdOf(native: NativeFace, netns: string | null, other: string | null): number | null {
  let fd: number | null = null;
  try {
    const file = openSync(namespacePath(other) ?? "/proc/self/ns/net", "r");
    fd = file;
    const body = Buffer.concat([Buffer.alloc(headerLength), putU32(attribute.fd, file)]);
    const [answer] = inNamespace(native, netns, () => native.routeQuery(getNamespaceId, body, false));
    const id = asU32(attributesByType((answer ?? Buffer.alloc(0)).subarray(headerLength)).get(attribute.nsid));
    return id === null || id === notAssigned ? null : id;
  } catch (error) {
    const gone = error instanceof Error && "code" in error && "syscall" in error;
    if (gone || isKernelError(error) || error instanceof Failed) return null;
    throw error;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
