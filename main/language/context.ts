import type { HelperManuals } from "./bpf/helper-manual.ts";
import type { HelperProbe } from "./bpf/probe-helpers.ts";
import type { Documents } from "./documents.ts";

/** What every verb of the language room is given. */
export interface LanguageContext {
  readonly documents: Documents;
  readonly manuals: HelperManuals;
  /** null where the kernel was not asked yet, or could not be */
  probe(): HelperProbe | null;
}
