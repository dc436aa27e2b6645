/** Unsaved text, kept in the browser's storage so that a closed window loses nothing. */
import { readSetting, removeSetting, writeSetting } from "../session/settings.ts";

export interface Draft {
  readonly text: string;
  /** the file's version that the text was typed over; null where there was no file */
  readonly basedOn: string | null;
}

const settingOf = (path: string): string => `draft.${path}`;

/** Returns false where the text is too long for the browser's storage. */
export function keepDraft(path: string, draft: Draft): boolean {
  return writeSetting(settingOf(path), JSON.stringify(draft));
}

export function dropDraft(path: string): void {
  removeSetting(settingOf(path));
}

export function readDraft(path: string): Draft | null {
  const stored = readSetting(settingOf(path));
  if (stored === null) return null;
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== "object" || value === null || !("text" in value) || !("basedOn" in value)) return null;
    const { text, basedOn } = value;
    if (typeof text !== "string" || (basedOn !== null && typeof basedOn !== "string")) return null;
    return { text, basedOn };
  } catch {
    return null;
  }
}
