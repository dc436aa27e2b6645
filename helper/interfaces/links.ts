/** What `ip -j -d link show` tells of a namespace's interfaces. */
import { z } from "zod";
import { fail } from "../../protocol/failures.ts";
import { interfaceName } from "../../protocol/wire.ts";
import type { HelperContext } from "../context.ts";
import { inNamespace } from "../namespaces.ts";
import { run, ToolError } from "../run.ts";

/** the fields used here, of many (iproute2 ip/ipaddress.c, print_linkinfo) */
const link = z.object({
  ifindex: z.number().int().min(1),
  ifname: interfaceName,
  flags: z.array(z.string()).catch([]),
  mtu: z.number().int().min(0).catch(0),
  link_type: z.string().catch(""),
  address: z.string().optional().catch(undefined),
  ifalias: z.string().optional().catch(undefined),
  link_index: z.number().int().optional().catch(undefined),
  link_netnsid: z.number().int().optional().catch(undefined),
  linkinfo: z.object({ info_kind: z.string().optional() }).optional().catch(undefined),
});
export type Link = z.infer<typeof link>;

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

export async function linksOf(context: Context, netns: string | null): Promise<Link[]> {
  let text: string;
  try {
    text = (await runIn(context, netns, ["ip", "-j", "-d", "link", "show"])).toString("utf8");
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return fail({
      kind: "kernel",
      message: `list interfaces: ip: ${error.errors.trim()}`,
      operation: "RTM_GETLINK",
      errno: 0,
      code: "",
      extack: null,
    });
  }
  return parseLinks(text);
}

/** Total: what is not a link is left out. */
export function parseLinks(text: string): Link[] {
  let value: unknown;
  try {
    value = JSON.parse(text === "" ? "[]" : text);
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => {
    const checked = link.safeParse(one);
    return checked.success ? [checked.data] : [];
  });
}
