/** Which mode an attach comes to at a place, and why. */
import type { Mode, WantedMode } from "../../../protocol/interfaces.ts";
import type { PlaceFacts } from "../../../protocol/place-facts.ts";
import type { PreflightLine } from "../../../protocol/preflight.ts";
import type { LineBase } from "./fix-words.ts";

export interface ModeHere {
  readonly mode: Mode;
  readonly why: string;
  /** of auto: what it is expected to shy away from */
  readonly refused: boolean;
  /** which line tells why */
  readonly because: PreflightLine["about"] | null;
}

/** @param native what stands in the way of native mode */
export function chooseHere(place: PlaceFacts, wanted: WantedMode, native: readonly PreflightLine[]): ModeHere {
  const { interface: device, modes } = place;
  const whyOf = (mode: Mode): string => modes.find((one) => one.mode === mode)?.why ?? "";
  if (wanted !== "auto") return { mode: wanted, why: `asked for: ${whyOf(wanted)}`, refused: false, because: null };
  const stop = native.find(({ weight }) => weight === "stops");
  const because = stop?.about ?? null;
  if (!device.modes.includes("native")) {
    return {
      mode: "skb",
      why: `auto: ${stop === undefined ? whyOf("native") : lower(stop.text)}`,
      refused: true,
      because,
    };
  }
  if (stop === undefined) return { mode: "native", why: `auto: ${whyOf("native")}`, refused: false, because };
  const why = `auto: native is tried first and expected to be refused: ${lower(stop.text)}`;
  return { mode: "skb", why, refused: true, because };
}

/** What there is to choose from. */
export function driverLine({ interface: device, modes }: PlaceFacts): PreflightLine {
  const said = device.modes.map(inWords).join(" and ");
  return {
    about: "driver",
    weight: "fine",
    text: `${device.name}, ${device.driver === null ? "which tells no driver" : `driver ${device.driver}`}, takes ${said === "" ? "no program" : `programs in ${said} mode`}.`,
    evidence: modes.map(({ mode, why }) => `${inWords(mode)}: ${why}`).join("; "),
    expectation: device.features === null,
    fixes: [],
  };
}

function inWords(mode: Mode): string {
  return mode === "hw" ? "hardware" : mode;
}

export function modeLine(
  place: PlaceFacts,
  wanted: WantedMode,
  { mode, why, refused, because }: ModeHere,
): PreflightLine {
  const { interface: device, modes } = place;
  const support = modes.find((one) => one.mode === mode);
  const base: LineBase = {
    about: "mode",
    evidence: support?.why ?? "",
    expectation: device.features === null,
    fixes: [],
  };
  if (wanted === "auto") {
    if (!refused) return { ...base, weight: "fine", text: `Auto comes to ${mode} mode here.` };
    const native = device.modes.includes("native")
      ? "native mode is tried first, and expected to be refused"
      : "this device has no native mode now";
    const text = `Auto comes to skb mode here, which is slower, for each packet is made into an skb first: ${native}.`;
    return {
      ...base,
      weight: "costs",
      evidence: because === null ? why.replace(/^auto: /, "") : `the line about ${because}`,
      text,
    };
  }
  const said = inWords(mode);
  const choices = device.modes.filter((one) => one !== mode).join(" or ");
  if (support?.supported === false) {
    const text = `${device.driver ?? "This device"} takes no program in ${said} mode: choose ${choices || "another interface"}.`;
    return { ...base, weight: "stops", text };
  }
  if (support?.supported !== true) {
    const text = `Nobody can say whether ${device.driver ?? "this driver"} takes ${said} mode: trying tells.`;
    return { ...base, weight: "fine", expectation: true, text };
  }
  if (mode === "skb" && device.modes.includes("native")) {
    const text =
      "Generic mode runs after each packet was made into an skb: native mode, which this driver has, is faster.";
    return { ...base, weight: "costs", text };
  }
  return { ...base, weight: "fine", text: `${device.driver ?? "The device"} takes ${said} mode.` };
}

/** as the end of a sentence; what is spelled in capitals stays */
function lower(text: string): string {
  const first = /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() : text.charAt(0);
  return first + text.slice(1).replace(/\.$/, "");
}
