/** Files of the user's, read and written by main as the user. */
import { z } from "zod";
import { path, sourceText } from "./wire.ts";

/** SHA-256 of the bytes on disk, hex: a save names the version that it was based on. */
export const version = z.string().regex(/^[0-9a-f]{64}$/);

export const source = z.strictObject({ path, text: sourceText, version });
export type Source = z.infer<typeof source>;

export const saveParams = z.strictObject({
  path,
  text: sourceText,
  /** what the editor read or saved last; null writes in any case (the user was asked) */
  basedOn: version.nullable(),
  /** fails with `name-taken` where something is there: nothing is written over */
  onlyNew: z.boolean().optional(),
});
export type SaveParams = z.infer<typeof saveParams>;

export const directory = z.strictObject({
  path,
  entries: z.array(z.strictObject({ name: z.string(), kind: z.enum(["directory", "source", "object", "other"]) })),
});
export type Directory = z.infer<typeof directory>;

export const template = z.strictObject({
  /** the folder's name */
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  maps: z.array(z.strictObject({ name: z.string(), what: z.string() })),
  try: z.array(z.string()),
  readme: z.string(),
});
export type Template = z.infer<typeof template>;
