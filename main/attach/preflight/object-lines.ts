/** What the object takes of the kernel and of the device, whatever the interface. */
import type { Mode } from "../../../protocol/interfaces.ts";
import type { Looked, PlaceFacts } from "../../../protocol/place-facts.ts";
import type { PreflightLine } from "../../../protocol/preflight.ts";
import type { LineBase } from "./fix-words.ts";
import { kernelFeatures, olderThan } from "./kernel-features.ts";
import type { ProgramTraits } from "./program-traits.ts";

export function objectLines(
  place: PlaceFacts,
  mode: Mode,
  program: ProgramTraits,
  { kernel, kernelBtf }: Pick<Looked, "kernel" | "kernelBtf">,
): PreflightLine[] {
  return [
    ...kernelLines(program, kernel),
    ...btfLines(program, kernel, kernelBtf),
    ...fragmentLines(place, mode, program),
    ...deviceLines(place, mode, program),
  ];
}

function kernelLines(program: ProgramTraits, kernel: string): PreflightLine[] {
  const features = kernelFeatures(program);
  const base: LineBase = { about: "kernel", evidence: `uname -r: ${kernel}`, expectation: true, fixes: [] };
  const missing = features.filter(({ since }) => olderThan(kernel, since));
  if (missing.length > 0) {
    return missing.map(({ what, since }) => ({
      ...base,
      weight: "stops",
      text: `This is Linux ${kernel}, and ${what} came with ${since}.`,
    }));
  }
  const newest = features.at(-1);
  if (newest === undefined) return [];
  const text = `Linux ${kernel} has what the object uses, the newest of which is ${newest.what} (${newest.since}).`;
  return [{ ...base, weight: "fine", text }];
}

function btfLines(program: ProgramTraits, kernel: string, kernelBtf: boolean): PreflightLine[] {
  const lines: PreflightLine[] = [];
  const wants = program.coRe
    ? "is fitted to the kernel's own types (CO-RE)"
    : program.kernelFunctions.length > 0
      ? `calls functions of the kernel (${program.kernelFunctions.join(", ")})`
      : null;
  if (wants !== null) {
    lines.push({
      about: "btf",
      weight: kernelBtf ? "fine" : "stops",
      text: kernelBtf
        ? `The program ${wants}, and the kernel tells its types.`
        : `The program ${wants}, and this kernel does not tell its types: it wants one built with CONFIG_DEBUG_INFO_BTF.`,
      evidence: `/sys/kernel/btf/vmlinux of Linux ${kernel} is ${kernelBtf ? "there" : "missing"}`,
      expectation: true,
      fixes: [],
    });
  }
  if (!program.hasBtf) {
    lines.push({
      about: "btf",
      weight: "costs",
      text: "The object carries no types (BTF): maps are shown as bytes, and findings name no lines. Build it with -g.",
      evidence: "the object has no section .BTF",
      expectation: false,
      fixes: [],
    });
  }
  return lines;
}

function fragmentLines({ interface: device }: PlaceFacts, mode: Mode, program: ProgramTraits): PreflightLine[] {
  if (!program.fragments) return [];
  const gives = mode !== "native" || device.features === null || device.features.includes("rx-sg");
  return [
    {
      about: "fragments",
      weight: "fine",
      text: gives
        ? "The program takes packets of several fragments: the MTU does not limit it."
        : `The program takes packets of several fragments, and ${device.driver ?? "the driver"} gives none: the MTU limits it as any other.`,
      evidence: `section "${program.section}"${device.features === null ? "" : `; the kernel reports ${gives ? "" : "no "}rx-sg`}`,
      expectation: false,
      fixes: [],
    },
  ];
}

function deviceLines({ interface: device }: PlaceFacts, mode: Mode, program: ProgramTraits): PreflightLine[] {
  const lines: PreflightLine[] = [];
  const base = { about: "device-program" as const, expectation: true, fixes: [] };
  if (mode === "hw") {
    lines.push({
      ...base,
      weight: "fine",
      text: `The program is loaded for ${device.name} alone: only what its driver translates works, and it runs nowhere else.`,
      evidence: "how the kernel loads for a device (kernel/bpf/offload.c)",
    });
  }
  const bound = program.kernelFunctions.filter((name) => name.startsWith("bpf_xdp_metadata_rx_"));
  if (bound.length > 0) {
    lines.push({
      ...base,
      weight: "stops",
      text: `${program.name} calls ${bound.join(", ")}, which the kernel gives only to a program that is bound to one device when it is loaded: the workbench loads none so.`,
      evidence: "how the kernel resolves them (bpf_dev_bound_resolve_kfunc)",
    });
  }
  const unlike = program.devicePrograms.filter(({ section }) => /^\??xdp\.frags/.test(section) !== program.fragments);
  for (const { name, section, attachesTo } of unlike) {
    lines.push({
      ...base,
      weight: "costs",
      text: `${name} (SEC("${section}")) cannot be put into a ${attachesTo} that ${program.name} uses: both take fragments, or neither does.`,
      evidence: "how the kernel compares them (bpf_prog_map_compatible)",
    });
  }
  return lines;
}
