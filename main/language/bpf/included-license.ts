/** The license that a header beside the source sets, where the source itself sets none. */
import { dirname, join } from "node:path";
import { readSource } from "../../source/read-source.ts";
import { blanked, licenseOf, ownIncludes } from "./scan-source.ts";

const filesRead = 20;

/** null where none is set; "" where it is set to what only the compiler knows. */
export async function includedLicense(path: string, text: string): Promise<string | null> {
  const seen = new Set<string>();
  const waiting = ownIncludes(blanked(text, false)).map((name) => join(dirname(path), name));
  while (waiting.length > 0 && seen.size < filesRead) {
    const next = waiting.shift() ?? "";
    if (seen.has(next)) continue;
    seen.add(next);
    let code: string;
    try {
      code = blanked((await readSource(next)).text, false);
    } catch {
      // found through another folder, or not at all: nothing can be said
      return "";
    }
    const license = licenseOf(code);
    if (license !== null) return license.value ?? "";
    waiting.push(...ownIncludes(code).map((name) => join(dirname(next), name)));
  }
  return null;
}
