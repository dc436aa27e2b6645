/** The moment itself: one program for another at one place, all on one thread without a pause. */
import { Failed } from "../../protocol/failures.ts";
import type { Mode, Place } from "../../protocol/interfaces.ts";
import { attachingAt } from "../attaching.ts";
import { asFailure, isKernelError, naming } from "../failures.ts";
import type { NativeFace } from "../native/face.ts";
import type { Entry } from "./place.ts";

export interface Incoming {
  readonly name: string;
  readonly fd: number;
  readonly mode: Mode;
}

export interface Outgoing extends Entry {
  readonly fd: number;
}

/**
 * Call inside the place's namespace. Within a mode the kernel swaps atomically; between modes nothing is atomic:
 * detach, attach, and the previous program comes back where that fails.
 * @returns how long the interface ran nothing, ns; null where the swap was atomic
 */
export function swap(native: NativeFace, place: Place, incoming: Incoming, outgoing: Outgoing | null): bigint | null {
  const { ifindex, name: device } = place;
  const doing = `attach ${incoming.name} to ${device} in ${incoming.mode} mode`;
  const attaching = attachingAt(native, place, incoming.mode);
  const attach = (mode: Mode, programFd: number, expectedFd: number | null): void =>
    native.xdpAttach({ ifindex, mode, programFd, expectedFd });

  if (outgoing === null || outgoing.mode === incoming.mode) {
    naming({ doing, attaching }, () => attach(incoming.mode, incoming.fd, outgoing?.fd ?? null));
    return null;
  }
  const from = process.hrtime.bigint();
  naming({ doing: `detach program id ${outgoing.id} from ${device} in ${outgoing.mode} mode` }, () =>
    native.xdpDetach({ ifindex, mode: outgoing.mode, expectedFd: outgoing.fd }),
  );
  try {
    attach(incoming.mode, incoming.fd, null);
    return process.hrtime.bigint() - from;
  } catch (error) {
    if (!isKernelError(error)) throw error;
    // first of all, since nothing runs meanwhile
    const back = putBack(() => attach(outgoing.mode, outgoing.fd, null), outgoing, device, from);
    const failure = asFailure(error, { doing, attaching });
    throw new Failed({ ...failure, message: `${failure.message}; ${back}` });
  }
}

function putBack(attach: () => void, outgoing: Outgoing, device: string, from: bigint): string {
  try {
    attach();
    const gap = Number(process.hrtime.bigint() - from) / 1e6;
    return `program id ${outgoing.id} is back in ${outgoing.mode} mode, and nothing ran for ${gap.toFixed(3)} ms`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${device} runs no program now: putting id ${outgoing.id} back failed too (${why})`;
  }
}
