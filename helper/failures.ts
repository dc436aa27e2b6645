/** From the kernel's no to a failure that a user can act on. */
import { getSystemErrorMap } from "node:util";
import { Failed, type Failure } from "../protocol/failures.ts";
import type { Mode, Place } from "../protocol/interfaces.ts";
import type { Explained } from "./explain-refusal.ts";
import type { KernelError } from "./native/kernel-error.ts";

export function isKernelError(error: unknown): error is KernelError {
  return error instanceof Error && "errno" in error && "operation" in error && "code" in error;
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}

/** strerror(3) for the errno values that users of XDP meet; libuv's words for the others */
const words: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EAGAIN: "Resource temporarily unavailable",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  EINVAL: "Invalid argument",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  EOPNOTSUPP: "Operation not supported",
  EPERM: "Operation not permitted",
  E2BIG: "Argument list too long",
  ERANGE: "Numerical result out of range",
};

export function errnoWords(code: string, errno: number): string {
  return words[code] ?? getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;
}

/** What to do next, by errno, where the operation itself does not know better. */
const nextSteps: Readonly<Record<string, string>> = {
  EBUSY: "detach what is there first, or choose the mode that it runs in",
  EOPNOTSUPP: "choose another mode: skb works on every interface",
  ENODEV: "the interface went away: choose again",
  EINVAL: "see what the kernel adds, and dmesg",
  ENOMEM: "free memory or make the map smaller",
  E2BIG: "the map is full, or the program too long",
  ENOSPC: "the map is full: delete entries or make max_entries larger",
};

export interface Doing {
  /** verb and object's name, such as "attach xdp_pass to port0" */
  readonly doing: string;
  /** what to do about it; a general word by errno where it is not given */
  readonly next?: string;
  /** what is missing where the kernel answers ENOENT, such as a map by its id */
  readonly subject?: { readonly what: string; readonly name: string };
  /** what a refusal means there, in more words than errno has */
  readonly explain?: (error: KernelError) => Explained | null;
  /** of an attach: where, and how */
  readonly attaching?: { readonly place: Place; readonly mode: Mode };
}

export function asFailure(error: KernelError, { doing, next, subject, explain, attaching }: Doing): Failure {
  const { errno, code, operation } = error;
  const said = `${errnoWords(code, errno)} (${code})`;
  if (code === "EPERM") {
    return {
      kind: "no-privilege",
      message: `${doing}: ${said}: ${operation} needs root; unlock, or start the workbench as root`,
      need: operation,
    };
  }
  if (subject !== undefined && (code === "ENOENT" || code === "ENODEV")) {
    return {
      kind: "not-found",
      message: `${doing}: there is no ${subject.what} ${subject.name} (any more)`,
      ...subject,
    };
  }
  const extack = error.extack === undefined || error.extack === "" ? null : error.extack;
  const explained = explain?.(error) ?? null;
  const step = explained?.next ?? next ?? nextSteps[code];
  const more = [explained?.means, step].filter((words) => words !== undefined).map((words) => `; ${words}`);
  return {
    kind: "kernel",
    message: `${doing}: ${said}${extack === null ? "" : `: ${extack}`}${more.join("")}`,
    operation,
    errno,
    code,
    extack,
    ...(explained === null ? {} : { means: explained.means }),
    ...(step === undefined ? {} : { next: step }),
    ...(attaching === undefined ? {} : { refused: attaching }),
  };
}

/** Runs one thing that the kernel may refuse; what it refuses becomes a {@link Failed} that names what was done. */
export function naming<T>(what: Doing, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw isKernelError(error) ? new Failed(asFailure(error, what)) : error;
  }
}
