/** What main decided before a load, as the native face takes it. */
import type { LoadSettings } from "../../protocol/attach.ts";
import type { LoadOptions } from "../native/face.ts";

export function settingsOf(
  settings: LoadSettings | undefined,
): Pick<LoadOptions, "reuseMaps" | "maxEntries" | "sections"> {
  if (settings === undefined) return {};
  return {
    reuseMaps: Object.fromEntries(settings.reuse.map(({ name, id }) => [name, id])),
    maxEntries: Object.fromEntries(settings.maxEntries.map(({ name, entries }) => [name, entries])),
    sections: Object.fromEntries(settings.sections.map(({ name, bytes }) => [name, Buffer.from(bytes, "base64")])),
  };
}
