/**
 * settings.json: what can be set, each with its default. A value that is wrong counts as not set and is told with its
 * place; the others hold. docs/settings.schema.json and docs/settings.md are made of this.
 */
import * as z from "zod";
import { path } from "./wire.ts";

/** "Ctrl+Shift+A": modifiers in this order, then one key as KeyboardEvent.key names it, or a letter. */
export const keys = z.string().regex(/^(Ctrl\+)?(Alt\+)?(Shift\+)?(F([1-9]|1[0-2])|[A-Z][A-Za-z]+|[^\s+]|\+)$/, {
  error: 'keys are written like "Ctrl+Alt+Shift+A", "F8" or "Alt+PageDown": modifiers in this order',
});

export const keybinding = z.strictObject({
  /** as the keyboard shortcuts page names it */
  action: z.string().min(1).max(100),
  /** null takes its keys away */
  keys: keys.nullable(),
});
export type Keybinding = z.infer<typeof keybinding>;

export const formatStyles = ["kernel", "LLVM", "GNU", "Google", "Chromium", "Mozilla", "WebKit", "Microsoft"] as const;
export type FormatStyle = (typeof formatStyles)[number];

const shape = {
  theme: z
    .enum(["system", "dark", "light", "contrast"])
    .default("system")
    .describe("Colours of the window; system follows the desktop."),
  verifyWhileTyping: z
    .boolean()
    .default(true)
    .describe("Build and verify 300 ms after typing pauses, without saving. Saving always verifies."),
  tabSize: z.number().int().min(1).max(16).default(8).describe("How many columns a tab takes in the editor."),
  formatStyle: z
    .enum(formatStyles)
    .default("kernel")
    .describe(
      "How C is formatted where no .clang-format lies above the file: as the kernel is, or by a style of clang-format's.",
    ),
  reloadMaps: z
    .enum(["ask", "keep", "empty"])
    .default("ask")
    .describe(
      "Contents of maps when a newer build takes the place of what runs: ask where there are any, keep what still fits without asking, or start empty.",
    ),
  detachOnExit: z
    .boolean()
    .default(false)
    .describe(
      "When the last window's workbench ends, take the programs that windows attached off their interfaces. What the command line attached stays; after a crash all stays.",
    ),
  confirmWithin: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe(
      "Seconds in which an attach is to be confirmed, or it is rolled back, where an interface carries the default route or an SSH connection; 0 proposes no deadline.",
    ),
  keybindings: z
    .array(keybinding)
    .max(500)
    .default([])
    .describe("Keys of actions in place of the usual ones, by the action's id; keys null takes them away."),
};

/** Whole, with defaults filled in. */
export const settings = z.strictObject(shape);
export type Settings = z.infer<typeof settings>;
export type SettingName = keyof Settings;
export const settingNames = Object.keys(shape) as readonly SettingName[];
export const defaultSettings: Settings = settings.parse({});

/** What may stand in the file; editors that know JSON Schema take `$schema`. */
export const settingsFile = z.strictObject({ $schema: z.string().optional(), ...shape });

/** without defaults: what is left out stays as it is */
export const settingsPatch = z.strictObject({
  theme: shape.theme.unwrap().optional(),
  verifyWhileTyping: shape.verifyWhileTyping.unwrap().optional(),
  tabSize: shape.tabSize.unwrap().optional(),
  formatStyle: shape.formatStyle.unwrap().optional(),
  reloadMaps: shape.reloadMaps.unwrap().optional(),
  detachOnExit: shape.detachOnExit.unwrap().optional(),
  confirmWithin: shape.confirmWithin.unwrap().optional(),
  keybindings: shape.keybindings.unwrap().optional(),
});
export type SettingsPatch = z.infer<typeof settingsPatch>;

export interface SettingsProblem {
  /** keys and indices from the whole down; empty for the whole */
  readonly at: readonly (string | number)[];
  readonly message: string;
}

export const settingsState = z.strictObject({
  /** of settings.json, whether or not it is there */
  path,
  settings,
  /** what is wrong with the file, in a sentence each */
  problems: z.array(z.string()),
});
export type SettingsState = z.infer<typeof settingsState>;

/** Total: any JSON value in, settings out, and what was wrong. */
export function checkSettings(value: unknown): {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
} {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { settings: defaultSettings, problems: [{ at: [], message: "settings are an object: { … }" }] };
  }
  const problems: SettingsProblem[] = [];
  const taken: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    if (name === "$schema") continue;
    if (!Object.hasOwn(shape, name)) {
      problems.push({
        at: [name],
        message: `there is no setting called ${name}; there are ${settingNames.join(", ")}`,
      });
      continue;
    }
    const checked = shape[name as SettingName].safeParse(one);
    if (checked.success) taken[name] = checked.data;
    else {
      for (const issue of checked.error.issues) {
        const at = [name, ...issue.path.filter((part) => typeof part !== "symbol")];
        problems.push({ at, message: `${at.join(".")}: ${issue.message}` });
      }
    }
  }
  return { settings: settings.parse(taken), problems };
}
