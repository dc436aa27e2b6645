/** Files of the user's, read and written by main as the user. */
import * as z from "zod";
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

export const includersParams = z.strictObject({
  header: path,
  /** `text`: unsaved; null for what the file holds */
  sources: z.array(z.strictObject({ path, text: sourceText.nullable() })).max(200),
});

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
  /** what may be called otherwise in a copy; `id` is what it is asked for by */
  names: z.array(
    z.strictObject({ id: z.string(), what: z.string(), default: z.string(), kind: z.enum(["program", "map"]) }),
  ),
  try: z.array(z.string()),
  readme: z.string(),
});
export type Template = z.infer<typeof template>;

export const createFromTemplateParams = z.strictObject({
  id: z.string().max(100),
  /** to be made: something that is there already is refused */
  folder: path,
  /** by the ids of the template's names; those left out stay as they are */
  names: z.record(z.string().max(100), z.string().max(512)),
});
export type CreateFromTemplateParams = z.infer<typeof createFromTemplateParams>;

export const createdFromTemplate = z.strictObject({
  source,
  /** what is allowed and may surprise, such as a map name that the kernel cuts */
  notes: z.array(z.string()),
});
export type CreatedFromTemplate = z.infer<typeof createdFromTemplate>;
