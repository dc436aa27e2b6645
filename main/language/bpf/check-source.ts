/** What the kernel or libbpf will say to a source, said before it is built: sections, licenses and helpers. */
import type { Finding } from "../../../protocol/language.ts";
import { rangeOf, type TextDocument } from "../text-document.ts";
import { checkHelpers } from "./check-helpers.ts";
import { gplCompatible, gplOnlyHelpers, gplOnlyMacros } from "./gpl-only.ts";
import type { HelperManuals } from "./helper-manual.ts";
import type { HelperProbe } from "./probe-helpers.ts";
import { blanked, callsOf, licenseOf, sectionsOf } from "./scan-source.ts";
import { isProgramSection, nearestSection } from "./sections.ts";

export interface Known {
  readonly manuals: HelperManuals;
  /** null where the kernel was not asked: the documented list is used */
  readonly probe: HelperProbe | null;
  /** a license that an included header sets: its value, "" where it is set to something that is not read here */
  readonly included: string | null;
}

const findingLimit = 200;

export function checkSource(document: TextDocument, known: Known): readonly Finding[] {
  const code = blanked(document.text, false);
  const bare = blanked(document.text, true);
  return [
    ...checkSections(document, code),
    ...checkLicense(document, { code, bare }, known),
    ...checkHelpers(document, { code, bare }, known),
  ].slice(0, findingLimit);
}

function checkSections(document: TextDocument, code: string): Finding[] {
  return sectionsOf(code).flatMap(({ name, from, to, of }): Finding[] => {
    if (of !== "function" || isProgramSection(name)) return [];
    const range = rangeOf(document, from, to);
    const common = { range, source: "xdpw", code: "unknown-section", unused: false } as const;
    const near = nearestSection(name);
    const hint = near === null ? "" : `: did you mean "${near}"?`;
    // a build tells by the function's parameter that it is XDP, whatever its section is called
    if (name.startsWith("xdp") || /^"\s*\)[^{;]*\(\s*struct\s+xdp_md\s*\*[^,]*\)/.test(code.slice(to, to + 1000))) {
      return [
        {
          ...common,
          severity: "warning",
          message: `libbpf does not know the section name "${name}"${hint === "" ? ': SEC("xdp") is the name to use' : hint}. Here it is loaded as XDP all the same; other loaders refuse it`,
        },
      ];
    }
    return [
      {
        ...common,
        severity: "error",
        message: `libbpf does not know the section name "${name}"${hint}${hint === "" ? ": it cannot tell what kind of program this is and refuses to load the object" : ""}`,
      },
    ];
  });
}

function checkLicense(
  document: TextDocument,
  { code, bare }: { readonly code: string; readonly bare: string },
  { manuals, probe, included }: Known,
): Finding[] {
  const license = licenseOf(code);
  const value = license === null ? included : (license.value ?? "");
  // set to something that only the compiler knows
  if (value === "") return [];
  if (value !== null && gplCompatible.has(value)) return [];
  const gplOnly = probe?.gplOnly ?? gplOnlyHelpers;
  const words =
    value === null
      ? 'the program has no license: add `char _license[] SEC("license") = "GPL";`'
      : `the license "${value}" is not: "GPL", "Dual BSD/GPL" and "Dual MIT/GPL" are`;
  return callsOf(bare).flatMap(({ name, from, to }): Finding[] => {
    const helper = manuals.get(gplOnlyMacros.get(name) ?? name);
    if (helper === undefined || !gplOnly.has(helper.id)) return [];
    return [
      {
        range: rangeOf(document, from, to),
        severity: "error",
        source: "xdpw",
        code: "gpl-only-helper",
        unused: false,
        message: `the kernel lets only programs with a GPL-compatible license call ${helper.name}; ${words}`,
      },
    ];
  });
}
