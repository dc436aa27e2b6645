/** The interfaces of every network namespace that can be entered. */
import { Failed } from "../../protocol/failures.ts";
import type { InterfaceListing, NetworkInterface } from "../../protocol/interfaces.ts";
import type { Role } from "../arguments.ts";
import type { HelperContext } from "../context.ts";
import { isKernelError } from "../failures.ts";
import { inNamespace } from "../namespaces.ts";
import { inspect } from "./inspect.ts";
import { linksOf } from "./links.ts";
import { namespacesThere } from "./namespaces-there.ts";

/** how many `ip` run at once */
const atOnce = 4;

type Context = Pick<HelperContext, "native" | "ledger" | "environment">;

export async function listInterfaces(context: Context, role: Role): Promise<InterfaceListing> {
  const there = namespacesThere();
  const skipped = [...there.skipped];
  const found: NetworkInterface[][] = [];
  const waiting = [...there.names.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, netns] = next;
      if (role === "plain" && netns !== null) {
        skipped.push({ netns, why: "needs root" });
        continue;
      }
      try {
        found[index] = await listOne(context, netns);
      } catch (error) {
        // a namespace may end at any time: the others are listed all the same
        if (netns === null || !(error instanceof Failed || isKernelError(error))) throw error;
        skipped.push({ netns, why: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { interfaces: found.flat(), skipped };
}

async function listOne(context: Context, netns: string | null): Promise<NetworkInterface[]> {
  const links = await linksOf(context, netns);
  return inNamespace(context.native, netns, () =>
    links.flatMap((link) => {
      const inspected = inspect(context.native, netns, link);
      return inspected === null ? [] : [inspected.interface];
    }),
  );
}
