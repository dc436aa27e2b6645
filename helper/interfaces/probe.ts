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
import { lookAtRefused } from "../attaching.ts";
import { explainRefusal } from "../explain-refusal.ts";
import { hearingLinkWords } from "../refusals/link-words.ts";
import type { KernelError } from "../native/kernel-error.ts";
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
      (programFd) => attachForAMoment({ native, ledger }, place, mode, programFd),
    );
  } catch (error) {
    // the device refused to take the program in the first place
    if (mode === "hw" && isKernelError(error) && !hasCode(error, "EPERM")) return refusal(native, place, mode, error);
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

async function attachForAMoment(
  context: Pick<HelperContext, "native" | "ledger">,
  place: Place,
  mode: Mode,
  programFd: number,
): Promise<ModeProbe> {
  const { native } = context;
  const error = tryLink(native, place, mode, programFd);
  if (error === null) {
    return { works: true, why: `a program that passes everything was attached to ${place.name} for a moment` };
  }
  if (hasCode(error, "EPERM"))
    naming({ doing: `probe ${place.name}` }, () => {
      throw error;
    });
  // it refuses again what it refused, and this time somebody listens
  const words =
    (await hearingLinkWords(context, () => tryLink(native, place, mode, programFd))) ??
    netlinkWords(native, place, mode, programFd);
  return refusal(native, place, mode, words === null ? error : Object.assign(error, { extack: words }));
}

/** The kernel's no; null where the link was made, and is gone again. */
function tryLink(native: NativeFace, place: Place, mode: Mode, programFd: number): KernelError | null {
  try {
    atPlace(native, place, () => native.closeFd(native.xdpLink({ ifindex: place.ifindex, mode, programFd })));
    return null;
  } catch (error) {
    if (isKernelError(error)) return error;
    throw error;
  }
}

/** Before Linux 6.6 nobody tells a link's words; netlink, asked for the same, does. What it attaches is off at once. */
function netlinkWords(native: NativeFace, place: Place, mode: Mode, programFd: number): string | null {
  const { ifindex } = place;
  return atPlace(native, place, () => {
    try {
      native.xdpAttach({ ifindex, mode, programFd, expectedFd: null });
      native.xdpDetach({ ifindex, mode, expectedFd: programFd });
      return null;
    } catch (error) {
      return isKernelError(error) ? (error.extack ?? null) : null;
    }
  });
}

function refusal(native: NativeFace, place: Place, mode: Mode, error: KernelError): ModeProbe {
  const said = `${errnoWords(error.code, error.errno)} (${error.code})`;
  const explained = atPlace(native, place, () => explainRefusal(error, lookAtRefused(native, place, mode)));
  const words = error.extack === undefined ? "" : `: ${error.extack}`;
  const more = explained === null ? "" : `; ${explained.means}; ${explained.next}`;
  return { works: false, why: `the kernel refused: ${said}${words}${more}` };
}
