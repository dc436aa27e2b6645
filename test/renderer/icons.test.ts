/** Icons come from the editor's font, and its rules with the editor: whoever opens a table first would see none. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const renderer = join(import.meta.dirname, "../../renderer");

it("every icon that the window names has a rule of its own", () => {
  const sources = readdirSync(renderer, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));
  const used = sources.flatMap((name) => {
    const text = readFileSync(join(renderer, name), "utf8");
    const named = [...text.matchAll(/codicon-([a-z]+(?:-[a-z]+)*)/g), ...text.matchAll(/\bicon="([a-z-]+)"/g)];
    return named.map(([, icon = ""]) => icon);
  });
  const css = readFileSync(join(renderer, "app/icons.css"), "utf8");
  const ruled = new Set([...css.matchAll(/\.codicon-([a-z-]+)::before/g)].map(([, icon]) => icon));
  // of `chevron-${…}` and `arrow-${…}` both ends are there
  const whole = [...new Set(used)].filter((icon) => icon !== "chevron" && icon !== "arrow");
  expect(whole.length).toBeGreaterThan(20);
  expect(whole.filter((icon) => !ruled.has(icon))).toEqual([]);
});
