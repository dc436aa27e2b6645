/** The user's settings.json: read, followed, and changed one value at a time. */
import { join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import { checkSettings, defaultSettings, type SettingsPatch, type SettingsState } from "../../protocol/settings.ts";
import { readSource } from "../source/read-source.ts";
import { saveSource } from "../source/save-source.ts";
import { createFileWatches } from "../workspace/watch-files.ts";

export interface SettingsRoom {
  state(): Promise<SettingsState>;
  /** what was read last */
  now(): SettingsState["settings"];
  /** writes these values, and leaves all else in the file as it is. @throws Failed `bad-value` where it is not JSON, `file` */
  set(patch: SettingsPatch): Promise<SettingsState>;
  /** makes the file where there is none; gives its path. @throws Failed `file` */
  edit(): Promise<string>;
  end(): void;
}

/** `folder` is made when it is asked for. */
export function openSettings(folder: () => string, changed: (state: SettingsState) => void): SettingsRoom {
  let path: string | null = null;
  let last: SettingsState | null = null;
  const watches = createFileWatches({
    source: () => void reread(),
    folder: () => undefined,
  });
  const file = (): string => {
    if (path === null) {
      path = join(folder(), "settings.json");
      watches.follow([path], []);
    }
    return path;
  };
  const reread = async (): Promise<SettingsState> => {
    const before = last;
    last = await readSettings(file());
    if (before !== null && JSON.stringify(before) !== JSON.stringify(last)) changed(last);
    return last;
  };
  return {
    state: reread,
    now: () => last?.settings ?? defaultSettings,
    async set(patch) {
      const { value, version } = await readObject(file());
      const text = `${JSON.stringify({ ...value, ...patch }, null, 2)}\n`;
      await saveSource({ path: file(), text, basedOn: version });
      return reread();
    },
    async edit() {
      if ((await readText(file())) === null) {
        await saveSource({ path: file(), text: "{\n}\n", basedOn: null, onlyNew: true });
      }
      return file();
    },
    end: () => watches.end(),
  };
}

async function readSettings(path: string): Promise<SettingsState> {
  try {
    const { value } = await readObject(path);
    const { settings, problems } = checkSettings(value);
    return { path, settings, problems: problems.map(({ message }) => message) };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { path, settings: defaultSettings, problems: [error.message] };
  }
}

interface Read {
  readonly value: Readonly<Record<string, unknown>>;
  readonly version: string | null;
}

async function readObject(path: string): Promise<Read> {
  const source = await readText(path);
  if (source === null || source.text.trim() === "") return { value: {}, version: source?.version ?? null };
  const wrong = (why: string): Failed =>
    new Failed({ kind: "bad-value", field: "settings.json", message: `read ${path}: ${why}: correct it first` });
  try {
    const value: unknown = JSON.parse(source.text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("it holds no object { … }");
    return { value: value as Record<string, unknown>, version: source.version };
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(`it is not JSON (${error.message})`);
    throw error;
  }
}

/** null where there is no file */
async function readText(path: string): Promise<{ readonly text: string; readonly version: string } | null> {
  try {
    return await readSource(path);
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "file" && error.failure.code === "ENOENT") return null;
    throw error;
  }
}
