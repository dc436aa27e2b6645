/** The lab's tools, inside of its namespaces. */
import type { HelperContext } from "../context.ts";
import { inNamespace } from "../namespaces.ts";
import { run } from "../run.ts";

type Context = Pick<HelperContext, "native" | "ledger" | "environment">;

/** Runs a tool inside a namespace. It is forked there and then; the mounts, so /sys too, stay ours. */
export function runIn(
  { native, ledger, environment }: Context,
  netns: string | null,
  argv: readonly [string, ...string[]],
  input = "",
): Promise<Buffer> {
  return run({ ledger, environment, argv, input, within: (start) => inNamespace(native, netns, start) });
}
