/** The folder that the user works in: what is in it, what others change in it, and the text that is not saved yet. */
import * as z from "zod";
import { version } from "./source.ts";
import { path, sourceText, u32 } from "./wire.ts";

export const workspaceState = z.strictObject({
  folder: path,
  /** the user's own data folder: what is open when nothing else was opened */
  usual: path,
  /** opened before, the latest first; `folder` is not among them */
  recent: z.array(path),
  /** why the folder cannot be used now; null where it can */
  trouble: z.string().nullable(),
});
export type WorkspaceState = z.infer<typeof workspaceState>;

/** null: the usual folder */
export const openWorkspaceParams = z.strictObject({ folder: path.nullable() });

export const createEntryParams = z.strictObject({ path, kind: z.enum(["file", "folder"]) });
/** never over something that is there */
export const renameEntryParams = z.strictObject({ from: path, to: path });
export const deleteEntryParams = z.strictObject({
  path,
  /** not into the trash: asked for where the trash cannot take it */
  forEver: z.boolean(),
});

/** Everything to follow from now on, in place of what was followed before. */
export const watchParams = z.strictObject({
  files: z.array(path).max(500),
  folders: z.array(path).max(500),
});

/**
 * A followed file is another one than it was when it was told of last; also told once for each file that is followed
 * from now on. Whoever reads it compares the version with its own.
 */
export const sourceChanged = z.strictObject({
  path,
  /** null: it is gone */
  version: version.nullable(),
});
export type SourceChanged = z.infer<typeof sourceChanged>;

/** Names in a followed folder came or went. */
export const folderChanged = z.strictObject({
  folder: path,
  /** why it cannot be listed any more; null where it can */
  trouble: z.string().nullable(),
});
export type FolderChanged = z.infer<typeof folderChanged>;

export const workspaceFiles = z.strictObject({
  /** relative to the folder */
  files: z.array(z.string()),
  /** there are more than are listed */
  more: z.boolean(),
});
export type WorkspaceFiles = z.infer<typeof workspaceFiles>;

export const searchParams = z.strictObject({
  /** the caller's own number for it: what is found carries it */
  search: u32,
  text: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^\n\0]+$/),
  /** Perl's regular expressions */
  regex: z.boolean(),
  matchCase: z.boolean(),
  wholeWord: z.boolean(),
});
export type SearchParams = z.infer<typeof searchParams>;

/** One match, cut to what can be shown in a line. */
export const searchMatch = z.strictObject({
  /** 1-based; the column in UTF-16 units */
  line: u32,
  column: u32,
  before: z.string(),
  match: z.string(),
  after: z.string(),
});
export type SearchMatch = z.infer<typeof searchMatch>;

/** Told while the search goes on; a file may come in several parts. */
export const searchFound = z.strictObject({ search: u32, path, matches: z.array(searchMatch) });
export type SearchFound = z.infer<typeof searchFound>;

export const searchDone = z.strictObject({
  matches: u32,
  files: u32,
  /** it ended at the limit: there may be more */
  more: z.boolean(),
});
export type SearchDone = z.infer<typeof searchDone>;

/** Text that was typed and not saved. */
export const draft = z.strictObject({
  path,
  text: sourceText,
  /** the file's version that it was typed over; null where there was no file */
  basedOn: version.nullable(),
  /** ms since 1970 */
  at: z.number(),
});
export type Draft = z.infer<typeof draft>;
