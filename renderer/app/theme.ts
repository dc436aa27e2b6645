/** Dark, light or high contrast: the system's choice unless the user made one. */
import { readSetting, writeSetting } from "../session/settings.ts";

export type ThemeChoice = "system" | "dark" | "light" | "contrast";
export type Theme = Exclude<ThemeChoice, "system">;

export const themeChoices: readonly { readonly choice: ThemeChoice; readonly title: string }[] = [
  { choice: "system", title: "As the system" },
  { choice: "dark", title: "Dark" },
  { choice: "light", title: "Light" },
  { choice: "contrast", title: "High contrast" },
];

const listeners = new Set<(theme: Theme) => void>();

export function readThemeChoice(): ThemeChoice {
  const stored = readSetting("theme");
  return themeChoices.find(({ choice }) => choice === stored)?.choice ?? "system";
}

export function currentTheme(): Theme {
  const shown = document.documentElement.dataset["theme"];
  return shown === "light" || shown === "contrast" ? shown : "dark";
}

export function chooseTheme(choice: ThemeChoice): void {
  writeSetting("theme", choice);
  applyTheme(choice);
}

export function applyTheme(choice: ThemeChoice): void {
  const theme = choice === "system" ? systemTheme() : choice;
  document.documentElement.dataset["theme"] = theme;
  for (const listener of listeners) listener(theme);
}

/** Follows the system while no choice is made. Returns what ends it. */
export function watchTheme(listener: (theme: Theme) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function followSystemTheme(): void {
  for (const query of ["(prefers-color-scheme: light)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", () => applyTheme(readThemeChoice()));
  }
}

function systemTheme(): Theme {
  if (matchMedia("(prefers-contrast: more)").matches) return "contrast";
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}
