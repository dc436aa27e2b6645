/** Programs as the kernel lists them. */
import * as z from "zod";
import { id, u32, u64 } from "./wire.ts";

export const programListed = z.strictObject({
  id,
  name: z.string(),
  type: z.string(),
  tag: z.string(),
  /** ns since boot */
  loadTime: u64,
  jited: z.boolean(),
  xlatedBytes: u32,
  jitedBytes: u32,
  mapIds: z.array(id),
});
export type ProgramListed = z.infer<typeof programListed>;
