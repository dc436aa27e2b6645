/** A packet as it is written down: hex with comments. */
import { largestPacket, leastPacket } from "../../protocol/packets.ts";

export type ParsedPacket =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly message: string };

/**
 * Pairs of hex digits, in any grouping, with white space, ":" or "-" between groups; "00*18" is eighteen zeros; what
 * follows "#" is a comment to the end of its line. Total: any text gives bytes or what is wrong with which line.
 */
export function parsePacket(text: string | readonly string[]): ParsedPacket {
  const lines = (typeof text === "string" ? [text] : text).flatMap((line) => line.split("\n"));
  const parts: Buffer[] = [];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    const where = lines.length > 1 ? `line ${index + 1}: ` : "";
    const words = (line.split("#", 1)[0] ?? "").split(/[\s:-]+/).filter((word) => word !== "");
    for (const word of words) {
      const [, digits = "", times] = /^((?:[0-9a-f]{2})+)(?:\*(\d{1,5}))?$/i.exec(word) ?? [];
      if (digits === "") {
        return { ok: false, message: `${where}${JSON.stringify(word.slice(0, 40))} is not pairs of hex digits` };
      }
      const bytes = Buffer.from(digits, "hex");
      const count = times === undefined ? 1 : Number(times);
      length += bytes.length * count;
      if (length > largestPacket) return { ok: false, message: `more than ${largestPacket} bytes` };
      for (let done = 0; done < count; done++) parts.push(bytes);
    }
  }
  if (length < leastPacket) {
    return {
      ok: false,
      message: `${length} bytes: the kernel runs a program on at least ${leastPacket}, an Ethernet header`,
    };
  }
  return { ok: true, bytes: Buffer.concat(parts) };
}
