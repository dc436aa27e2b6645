/** Which call the cursor stands in, and at which of its arguments. */
import { blanked } from "./scan-source.ts";

export interface CallAt {
  readonly name: string;
  /** 0-based */
  readonly argument: number;
}

const farthest = 4000;

/** null outside of any call; `offset` in UTF-16 units. */
export function callAt(text: string, offset: number): CallAt | null {
  const start = Math.max(0, offset - farthest);
  const code = blanked(text.slice(start, offset), true);
  let depth = 0;
  let argument = 0;
  for (let at = code.length - 1; at >= 0; at--) {
    const character = code[at];
    if (character === ")" || character === "]" || character === "}") depth++;
    else if (character === "[" || character === "{") {
      if (depth === 0) return null;
      depth--;
    } else if (character === "(") {
      if (depth > 0) {
        depth--;
        continue;
      }
      const name = /([A-Za-z_]\w*)\s*$/.exec(code.slice(Math.max(0, at - 200), at))?.[1];
      return name === undefined ? null : { name, argument };
    } else if (character === "," && depth === 0) argument++;
    else if (character === ";" && depth === 0) return null;
  }
  return null;
}
