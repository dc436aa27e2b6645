import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { openSettings, type SettingsRoom } from "../../../main/settings/open-settings.ts";
import { Failed } from "../../../protocol/failures.ts";
import { checkSettings, defaultSettings, settingsFile, type SettingsState } from "../../../protocol/settings.ts";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));

describe("the schema", () => {
  it("is the one of docs/settings.schema.json (vitest -u writes it)", async () => {
    const schema = z.toJSONSchema(settingsFile, { io: "input" });
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(join(docs, "settings.schema.json"));
  });

  it("and the table of docs/settings.md has each setting as it is", () => {
    const page = readFileSync(join(docs, "settings.md"), "utf8");
    const properties = z.toJSONSchema(settingsFile, { io: "input" }).properties ?? {};
    for (const [name, schema] of Object.entries(properties)) {
      if (name === "$schema" || typeof schema !== "object") continue;
      expect(page).toContain(`| \`${name}\` | \`${JSON.stringify(schema.default)}\` | ${schema.description} |`);
    }
  });
});

describe("checking", () => {
  it("any value gives settings; what is wrong is told with its place, and the rest holds", () => {
    expect(checkSettings({})).toEqual({ settings: defaultSettings, problems: [] });
    for (const value of [null, 1, "x", []]) expect(checkSettings(value).problems).toHaveLength(1);
    const keybindings = [
      { action: "verify", keys: "Ctrl+Alt+V" },
      { action: "attach", keys: "Strg+A" },
    ];
    const { settings, problems } = checkSettings({ $schema: "x", theme: "pink", tabSize: 4, colour: 1, keybindings });
    expect(settings).toEqual({ ...defaultSettings, tabSize: 4 });
    expect(problems.map(({ at }) => at)).toEqual([["theme"], ["colour"], ["keybindings", 1, "keys"]]);
  });

  it("knows keys", () => {
    const told = (keys: string) => checkSettings({ keybindings: [{ action: "a", keys }] }).problems.length === 0;
    for (const keys of ["Ctrl+S", "F8", "Shift+F6", "Alt+PageDown", "Ctrl+Alt+Shift+A", "Ctrl+/", "Ctrl++"]) {
      expect(told(keys), keys).toBe(true);
    }
    for (const keys of ["", "Ctrl", "Ctrl+", "Shift+Ctrl+A", "ctrl+a", "Meta+A", "F13", "Ctrl+K Ctrl+S"]) {
      expect(told(keys), keys).toBe(keys === "Ctrl");
    }
  });
});

describe("settings.json", () => {
  let folder = "";
  let room: SettingsRoom;
  let told: SettingsState[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xdpw-settings-"));
    told = [];
    room = openSettings(
      () => folder,
      (state) => told.push(state),
    );
  });
  afterEach(() => {
    room.end();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = () => join(folder, "settings.json");

  it("none is all defaults, and reading makes none", async () => {
    expect(await room.state()).toEqual({ path: file(), settings: defaultSettings, problems: [] });
    expect(existsSync(file())).toBe(false);
    expect(await room.edit()).toBe(file());
    expect(readFileSync(file(), "utf8")).toBe("{\n}\n");
  });

  it("one value is changed, the others are left as they are", async () => {
    writeFileSync(file(), '{"tabSize": 4, "mine": [1]}');
    await room.set({ theme: "light" });
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ tabSize: 4, mine: [1], theme: "light" });
    expect(room.now()).toMatchObject({ theme: "light", tabSize: 4 });
  });

  it("what is not JSON is said, and never written over", async () => {
    writeFileSync(file(), "{ theme: dark }");
    const { settings, problems } = await room.state();
    expect(settings).toEqual(defaultSettings);
    expect(problems[0]).toMatch(/it is not JSON/);
    await expect(room.set({ theme: "light" })).rejects.toThrow(Failed);
    expect(readFileSync(file(), "utf8")).toBe("{ theme: dark }");
  });

  it("a change by hand is heard of", async () => {
    await room.state();
    writeFileSync(file(), '{"theme": "dark"}');
    await vi.waitFor(() => expect(told.at(-1)?.settings.theme).toBe("dark"));
  });
});
