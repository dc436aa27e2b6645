/** The interfaces of every network namespace that can be entered. */
import { Failed } from "../../protocol/failures.ts";
import type { InterfaceListing, NetworkInterface } from "../../protocol/interfaces.ts";
import type { Role } from "../arguments.ts";
import type { HelperContext } from "../context.ts";
import { isKernelError } from "../failures.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { inspect } from "./inspect.ts";
import { linksOf } from "./links.ts";
import { namespacesThere } from "./namespaces-there.ts";
import { featuresHere } from "./netdev.ts";

export async function listInterfaces({ native }: Pick<HelperContext, "native">, role: Role): Promise<InterfaceListing> {
  const there = namespacesThere();
  const skipped = [...there.skipped];
  const interfaces: NetworkInterface[] = [];
  for (const netns of there.names) {
    if (role === "plain" && netns !== null) {
      skipped.push({ netns, why: "needs root" });
      continue;
    }
    try {
      interfaces.push(...listOne(native, netns));
    } catch (error) {
      // a namespace may end at any time: the others are listed all the same
      if (netns === null || !(error instanceof Failed || isKernelError(error))) throw error;
      skipped.push({ netns, why: error.message });
    }
  }
  return { interfaces, skipped };
}

/** Three questions for a whole namespace, and one for each driver. */
function listOne(native: NativeFace, netns: string | null): NetworkInterface[] {
  const links = linksOf(native, netns);
  return inNamespace(native, netns, () => {
    const features = featuresHere(native);
    return links.flatMap((link) => {
      // null: the kernel cannot be asked; missing from its answer: the device is going away this moment
      const own = features === null ? null : features.get(link.ifindex);
      const inspected = own === undefined ? null : inspect(native, netns, link, own);
      return inspected === null ? [] : [inspected.interface];
    });
  });
}
