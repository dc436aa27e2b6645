/** The verdict on programs whose object libbpf would not open: known from the object, so nothing is loaded. */
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ProgramVerdict, Rejection } from "../../protocol/verify.ts";
import type { ObjectContents } from "../object/inspect-object.ts";

/** @param diagnostics of the build, those of class "legacy-map" among them */
export function refuseLegacy(
  { programs, legacyMaps }: ObjectContents,
  path: string,
  diagnostics: readonly Diagnostic[],
): ProgramVerdict[] {
  const first = diagnostics.find((finding) => finding.class === "legacy-map");
  const names = legacyMaps.map(({ name }) => name).join(", ");
  const telling = `section "maps" holds ${names === "" ? "legacy map definitions" : names}`;
  const rejection: Rejection = {
    class: "legacy-map",
    title: "legacy map definition",
    file: first?.file ?? path,
    line: first?.line ?? 0,
    column: first?.column ?? 0,
    telling,
    explanation:
      'The object defines maps as struct bpf_map_def SEC("maps"), which libbpf 1.0 and later do not take: no program of the object is loaded.',
    fix: 'turn each map into a BTF-defined one in SEC(".maps"): Ctrl+. on its line does so',
    snippet: null,
    registers: [],
    suggestion: null,
  };
  return programs.map(({ name, section, type, instructions }) => ({
    ...{ name, section, type, instructions, rejection },
    accepted: false,
    ...{ processed: 0, jitedBytes: 0, states: null, peakStates: null, stackDepths: [], verificationMicroseconds: null },
    error: "not loaded: legacy map definitions",
    log: "",
  }));
}
