/** One finding at one place of a source, from clang, llc, libbpf or the kernel's verifier. */
import * as z from "zod";

export const diagnostic = z.strictObject({
  /** as the compiler named it; absolute where it is known */
  file: z.string(),
  /** 1-based; 0 where the finding has no place */
  line: z.number().int().min(0),
  /** 1-based byte column; 0 where unknown */
  column: z.number().int().min(0),
  severity: z.enum(["error", "warning", "note"]),
  /** "compile", or the class of a verifier rejection such as "missing-bounds-check" */
  class: z.string(),
  message: z.string(),
});
export type Diagnostic = z.infer<typeof diagnostic>;
