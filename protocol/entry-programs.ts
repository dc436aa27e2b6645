/** Programs that entries of devmaps and cpumaps run: SEC("xdp/devmap"), SEC("xdp/cpumap") and their like with fragments. */
import * as z from "zod";
import { loadSettings } from "./attach.ts";
import { mapUpdateParams } from "./maps.ts";
import { base64, id, symbol, u64 } from "./wire.ts";

/** Asked of the elevated helper: the program is loaded, written into the entry, and lives as long as the entry does. */
export const entryProgramParams = mapUpdateParams.extend({
  load: z.strictObject({
    object: base64,
    /** for messages */
    name: z.string().max(255),
    program: symbol,
    settings: loadSettings,
  }),
});

export const entryProgram = z.strictObject({
  program: z.strictObject({ id, name: z.string(), tag: z.string(), loadTime: u64 }),
  maps: z.array(z.strictObject({ name: z.string(), id })),
});
export type EntryProgram = z.infer<typeof entryProgram>;
