/** The moment itself: one program for another at one place, all on one thread without a pause. */
import { Failed } from "../../protocol/failures.ts";
import type { Mode, Place } from "../../protocol/interfaces.ts";
import { attachingAt, explainAt } from "../attaching.ts";
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
    naming({ doing, ...attaching }, () => attach(incoming.mode, incoming.fd, outgoing?.fd ?? null));
    return null;
  }
  const from = process.hrtime.bigint();
  const detaching = `detach program id ${outgoing.id} from ${device} in ${outgoing.mode} mode`;
  naming({ doing: detaching, ...explainAt(native, place, outgoing.mode) }, () =>
    native.xdpDetach({ ifindex, mode: outgoing.mode, expectedFd: outgoing.fd }),
  );
  try {
    attach(incoming.mode, incoming.fd, null);
    return process.hrtime.bigint() - from;
  } catch (error) {
    if (!isKernelError(error)) throw error;
    // first of all, since nothing runs meanwhile
    const back = putBack(() => attach(outgoing.mode, outgoing.fd, null), outgoing, device, from);
    const failure = asFailure(error, { doing, ...attaching });
    const message = `${failure.message}; ${back.words}`;
    if (failure.kind !== "kernel" || failure.refused === undefined || back.gap === null) {
      throw new Failed({ ...failure, message });
    }
    throw new Failed({ ...failure, message, refused: { ...failure.refused, gapNanoseconds: back.gap.toString() } });
  }
}

interface PutBack {
  readonly words: string;
  /** ns that nothing ran; null where nothing runs still */
  readonly gap: bigint | null;
}

function putBack(attach: () => void, outgoing: Outgoing, device: string, from: bigint): PutBack {
  try {
    attach();
    const gap = process.hrtime.bigint() - from;
    const milliseconds = (Number(gap) / 1e6).toFixed(3);
    const words = `program id ${outgoing.id} is back in ${outgoing.mode} mode, and nothing ran for ${milliseconds} ms`;
    return { words, gap };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { words: `${device} runs no program now: putting id ${outgoing.id} back failed too (${why})`, gap: null };
  }
}
