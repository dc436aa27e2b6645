/** Who started us: the only user whose socket we serve. */
import type { Crossed } from "./arguments.ts";

/**
 * The uid that the listener must have; null where there is no such uid and nobody may be served.
 * SUDO_UID counts only where this very start went through sudo: `sudo npm start` leaves it behind with a root listener.
 */
export function invokerUid(
  crossed: Crossed,
  environment: Readonly<Record<string, string | undefined>>,
  own: { readonly real: number; readonly effective: number },
): number | null {
  if (crossed === "none") return own.real;
  if (own.effective !== 0) return null;
  const text = environment[crossed === "sudo" ? "SUDO_UID" : "PKEXEC_UID"];
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null;
  const uid = Number(text);
  return uid <= 0xffff_ffff ? uid : null;
}
