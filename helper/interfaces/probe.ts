/**
 * Whether a mode works where nobody can say: a program that passes everything is attached for a moment. By a bpf_link,
 * so that it goes with us if we end in between; only where nothing is attached, so that nothing is ever replaced.
 */
import { fail } from "../../protocol/failures.ts";
import type { Mode, ModeProbe, Place } from "../../protocol/interfaces.ts";
import { atPlace, attachedNow } from "../attach/place.ts";
import type { HelperContext } from "../context.ts";
import { errnoWords, hasCode, isKernelError, naming } from "../failures.ts";
import { holding } from "../ledger.ts";
import type { NativeFace } from "../native/face.ts";

const programName = "xdpw_probe";

export async function probeMode(
  { native, ledger }: Pick<HelperContext, "native" | "ledger">,
  place: Place,
  mode: Mode,
): Promise<ModeProbe> {
  refuseOccupied(native, place);
  const offload = mode === "hw" ? place.ifindex : null;
  const load = (): number => atPlace(native, place, () => native.loadPass(programName, offload));
  try {
    return await holding(
      ledger,
      `probe of ${place.name}`,
      load,
      (programFd) => native.closeFd(programFd),
      (programFd) => atPlace(native, place, () => attachForAMoment(native, place, mode, programFd)),
    );
  } catch (error) {
    // the device refused to take the program in the first place
    if (mode === "hw" && isKernelError(error) && !hasCode(error, "EPERM")) return refusal(error);
    throw error;
  }
}

function refuseOccupied(native: NativeFace, place: Place): void {
  const [now] = atPlace(native, place, () => attachedNow(native, place));
  if (now === undefined) return;
  fail({
    kind: "foreign-program",
    message: `probe ${place.name}: program id ${now.id} runs there in ${now.mode} mode, and trying would be in its way: detach it first`,
    netns: place.netns,
    ifindex: place.ifindex,
    mode: now.mode,
    program: now.id,
    name: "",
  });
}

function attachForAMoment(native: NativeFace, { ifindex, name }: Place, mode: Mode, programFd: number): ModeProbe {
  try {
    native.closeFd(native.xdpLink({ ifindex, mode, programFd }));
    return { works: true, why: `a program that passes everything was attached to ${name} for a moment` };
  } catch (error) {
    if (!isKernelError(error)) throw error;
    if (hasCode(error, "EPERM"))
      naming({ doing: `probe ${name}` }, () => {
        throw error;
      });
    return inMoreWords(native, { ifindex, mode, programFd }) ?? refusal(error);
  }
}

/** A link's failure comes without words, netlink's with them: asked again for the words, and never left attached. */
function inMoreWords(
  native: NativeFace,
  place: { readonly ifindex: number; readonly mode: Mode; readonly programFd: number },
): ModeProbe | null {
  try {
    native.xdpAttach({ ...place, expectedFd: null });
  } catch (error) {
    return isKernelError(error) ? refusal(error) : null;
  }
  native.xdpDetach({ ifindex: place.ifindex, mode: place.mode, expectedFd: place.programFd });
  return { works: true, why: "a program that passes everything was attached for a moment" };
}

function refusal(error: { readonly code: string; readonly errno: number; readonly extack?: string }): ModeProbe {
  const said = `${errnoWords(error.code, error.errno)} (${error.code})`;
  return {
    works: false,
    why: error.extack === undefined ? `the kernel refused: ${said}` : `the kernel refused: ${said}: ${error.extack}`,
  };
}
