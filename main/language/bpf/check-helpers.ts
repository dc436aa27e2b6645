/** Calls of helpers that the kernel lets no XDP program call, said before the verifier says it. */
import type { Finding } from "../../../protocol/language.ts";
import { rangeOf, type TextDocument } from "../text-document.ts";
import type { HelperManuals } from "./helper-manual.ts";
import { xdpRefusal } from "./manual-markdown.ts";
import type { HelperProbe } from "./probe-helpers.ts";
import { bodyBehind, callsOf, sectionsOf } from "./scan-source.ts";
import { isProgramSection } from "./sections.ts";

/** Why such a helper cannot be XDP's, and what is there in its place; the first that fits. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^bpf_(?:l3|l4)_csum_replace$/,
    "it works on a socket buffer (skb), and there is none yet when XDP runs: change the checksum between data and data_end; bpf_csum_diff sums up what changed",
  ],
  [
    /^bpf_clone_redirect$/,
    "it copies a socket buffer (skb), and there is none yet when XDP runs: bpf_redirect or bpf_redirect_map send the packet itself, and a devmap with BPF_F_BROADCAST copies it",
  ],
  [
    /^bpf_(?:skb_|get_hash|set_hash|csum_update|csum_level|get_cgroup_classid|get_route_realm|skc?_|sk_|msg_|sock_)/,
    "it works on a socket buffer (skb) or a socket, and there is none yet when XDP runs: the packet lies between ctx->data and ctx->data_end",
  ],
  [
    /^bpf_get_current_|^bpf_current_|^bpf_get_ns_current_/,
    "a packet comes in while any process may be running, so that there is no current one to ask for",
  ],
  [
    /^bpf_probe_(?:read|write)|^bpf_copy_from_user|^bpf_override_return|^bpf_get_stack|^bpf_get_func|^bpf_send_signal/,
    "it is for programs that trace the kernel or processes",
  ],
];

/** `code` is blanked(text, false), `bare` blanked(text, true). Nothing where the kernel was not asked. */
export function checkHelpers(
  document: TextDocument,
  { code, bare }: { readonly code: string; readonly bare: string },
  { manuals, probe }: { readonly manuals: HelperManuals; readonly probe: HelperProbe | null },
): Finding[] {
  if (probe === null) return [];
  const programs = sectionsOf(code).flatMap((section) => {
    if (section.of !== "function") return [];
    const body = bodyBehind(bare, section.to);
    return body === null ? [] : [{ ...body, xdp: isXdp(section.name, code.slice(section.to, body.from)) }];
  });
  // a function that several programs may call is judged where all of them are XDP
  const allXdp = programs.length > 0 && programs.every(({ xdp }) => xdp);
  return callsOf(bare).flatMap(({ name, from, to }): Finding[] => {
    const inside = programs.find((program) => program.from < from && to < program.to);
    if (!(inside?.xdp ?? allXdp)) return [];
    const helper = manuals.get(name);
    const refusal = helper === undefined ? "" : xdpRefusal(helper, probe);
    if (helper === undefined || refusal === "") return [];
    const newer = helper.id > probe.last;
    const why = newer
      ? "a newer kernel has it; a program that runs on both asks with bpf_core_enum_value_exists first"
      : (reasons.find(([pattern]) => pattern.test(name))?.[1] ?? "its manual, shown on hover, says what it is for");
    return [
      {
        range: rangeOf(document, from, to),
        // behind such a question it is no mistake
        severity: newer ? "warning" : "error",
        source: "xdpw",
        code: newer ? "helper-missing" : "helper-not-for-xdp",
        unused: false,
        message: `${name} is ${refusal}: ${why}`,
      },
    ];
  });
}

/** By its section, or, where libbpf knows none of that name, by its parameter, as a build tells it. */
function isXdp(section: string, head: string): boolean {
  const name = section.replace(/^\?/, "");
  if (/^xdp(?:[./]|$)/.test(name)) return true;
  return !isProgramSection(section) && /\(\s*struct\s+xdp_md\s*\*/.test(head);
}
