/** A newer build over a running program, load options and variables: their rules, and the built window over sample data. */
import type { Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import { looker } from "../axe.ts";
import type { ReloadPlan } from "../../protocol/reload.ts";
import { mapTitle, variableSection, variablesLast } from "../../renderer/maps/variable-maps.ts";
import { loadSetWords } from "../../renderer/reload/load-sets.ts";
import { changedGlobals, loadOf, lostMaps, proposedChoices, worthAsking } from "../../renderer/reload/plan-choices.ts";
import { diffWords, outcomeWords } from "../../renderer/reload/reload-words.ts";
import * as sample from "./fake-reload.ts";
import { foreign } from "./fake-state.ts";
import type { Fake } from "./fake-workbench.ts";
import { noChromium, useWindows } from "./windows.ts";

const ours = { ...foreign, id: 214, name: "xdp_count" };
const full: ReloadPlan = {
  ...sample.planOf({ ...sample.nothingToKeep(), running: { burst: "128", seen: "1823", port: "80" } }, ours, {}),
  maps: [sample.statsMap, sample.backends, sample.flows, sample.fresh, sample.bss],
  gone: [{ name: "old_routes", id: 3, entries: 12 }],
};

describe("what is kept", () => {
  const began = new Map(sample.globals.map(({ name, value }) => [name, value]));
  test("the first choice of each running map, and variables that were written to", () => {
    const proposed = proposedChoices(full, {}, began);
    expect([...proposed.fates]).toEqual([
      ["xdp_stats_map", "keep"],
      ["backends", "carry"],
      ["flows", "empty"],
    ]);
    // not the constant: it cannot have changed while it ran
    expect([...proposed.kept]).toEqual(["burst", "seen"]);
    expect(loadOf(full, proposed, { globals: [{ name: "port", value: "80" }] })).toEqual({
      maps: [
        { name: "xdp_stats_map", fate: "keep" },
        { name: "backends", fate: "carry" },
        // nothing of it changes: it goes on in the same memory
        { name: ".bss", fate: "keep" },
      ],
      globals: [
        { name: "port", value: "80" },
        { name: "burst", value: "128" },
      ],
    });
    const seen = { name: "seen", value: "5" };
    expect(loadOf(full, { fates: new Map(), kept: new Set(["burst"]) }, { globals: [seen] })).toEqual({
      globals: [seen, { name: "burst", value: "128" }],
    });
    expect(lostMaps(full, proposed)).toEqual([
      { name: "flows", entries: 23_456 },
      { name: "old_routes", entries: 12 },
    ]);
  });
  test("what the user set, or declares otherwise now, is not kept from the running program", () => {
    const names = (set: Parameters<typeof changedGlobals>[1], declared: ReadonlyMap<string, string> | null) =>
      changedGlobals(full, set, declared).map(({ name }) => name);
    expect(names({ globals: [{ name: "burst", value: "1" }] }, null)).toEqual(["seen"]);
    // it runs with what was declared then: only the source is another one
    expect(names({}, new Map([["burst", "128"]]))).toEqual(["seen"]);
    // written to while it ran, and declared otherwise now: told, but the source is proposed
    const both = new Map([["burst", "32"]]);
    expect(names({}, both)).toEqual(["burst", "seen"]);
    expect([...proposedChoices(full, {}, new Map([...began, ...both])).kept]).toEqual(["seen"]);
    // attached elsewhere: whether 128 was written or declared is not known, zeros are
    expect([...proposedChoices(full, {}, null).kept]).toEqual(["seen"]);
  });
  test("zeros and new maps are not worth a question", () => {
    const empty = { ...sample.statsMap, running: { id: 41, entries: 0, maxEntries: 5 } };
    const quiet = sample.planOf({ ...sample.nothingToKeep(), maps: [empty, sample.fresh] }, ours, {});
    expect(worthAsking(quiet, {}, null)).toBe(false);
    expect(worthAsking({ ...quiet, maps: [sample.bss], gone: [{ name: ".data", id: 9, entries: 1 }] }, {}, null)).toBe(
      false,
    );
    expect(worthAsking({ ...quiet, maps: [sample.statsMap] }, {}, null)).toBe(true);
    expect(worthAsking({ ...quiet, gone: full.gone }, {}, null)).toBe(true);
    expect(worthAsking({ ...quiet, globals: full.globals }, {}, null)).toBe(true);
  });
  test("words", () => {
    const kept = ["a", "b", "c"].map((name) => ({ name, fate: "keep" as const, entries: 1, lost: 0 }));
    const carried = { name: "backends", fate: "carry" as const, entries: 120, lost: 2 };
    expect(outcomeWords([...kept, carried], 0, [])).toBe("kept 3 maps; carried backends: 120 entries, 2 lost");
    expect(outcomeWords(kept.slice(0, 1), 2, [{ name: "flows", entries: 1 }])).toBe(
      "kept a, 2 variables; flows: 1 entry lost",
    );
    expect(outcomeWords([], 0, [])).toBe("");
    expect(diffWords(sample.backends)).toBe("fields: 1 new, 1 converted, 1 lost, 1 not carried");
    expect(loadSetWords({})).toBeNull();
    const size = { map: "flows", entries: 9 };
    expect(loadSetWords({ globals: [{ name: "a", value: "1" }], maxEntries: [size, size] })).toBe(
      "1 global, 2 map sizes set",
    );
  });
  test("maps of variables are called after their sections, and come last", () => {
    expect(variableSection("xdp_stats_map")).toBeNull();
    expect(
      ["program_.bss", "xdp_coun.rodata", ".data.limits", ".rodata", "flows"].map((name) => mapTitle({ name })),
    ).toEqual(["Variables .bss", "Constants .rodata", "Variables .data.limits", "Constants .rodata", "flows"]);
    const names = ["p.rodata", "p.bss", "b", "a"].map((name) => ({ name }));
    expect(variablesLast(names).map(({ name }) => name)).toEqual(["b", "a", "p.bss", "p.rodata"]);
  });
});

describe.skipIf(noChromium)("window (skipped without a Chromium)", () => {
  const windows = useWindows({ waits: 10_000 });
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
  });

  /** one knob for all maps of a plan */
  function runsWithEntries(): void {
    fake.knobs.reload.maps = [...full.maps];
    fake.knobs.reload.gone = full.gone;
    fake.knobs.reload.running = { seen: "1823" };
    fake.knobs.reload.lost = 2;
  }
  async function attachInLab(fits = true): Promise<void> {
    await page.getByRole("button", { name: "Make the lab" }).first().waitFor();
    await page.keyboard.press("Control+Shift+L");
    await page.getByText("The lab is up").waitFor();
    await page.getByRole("button", { name: "Open Packet counters" }).click();
    await expect.poll(focused).toMatch(/^program\.bpf\.c, source/);
    await page.keyboard.press("Control+Shift+A");
    if (fits) await runsLine().getByText("id 214").waitFor();
  }
  const runsLine = () => page.getByRole("status", { name: "Attached program" });
  const question = () => page.getByRole("dialog", { name: "Replace xdp_count on port0" });
  const messages = () => page.getByRole("region", { name: "Messages" });
  async function focused(): Promise<string> {
    return page.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
    );
  }

  test("nothing worth asking: it attaches at once, and keeps what can be kept", async () => {
    await attachInLab();
    fake.knobs.reload.maps = [{ ...sample.statsMap, running: { id: 41, entries: 0, maxEntries: 5 } }, sample.fresh];
    await page.keyboard.press("Control+Shift+A");
    await runsLine().getByText("id 219").waitFor();
    expect(fake.knobs.reload.loaded).toEqual({ maps: [{ name: "xdp_stats_map", fate: "keep" }] });
  });

  test("Enter attaches with what is proposed; the diff and what is lost are there before; the message tells", async () => {
    await attachInLab();
    runsWithEntries();
    await page.keyboard.press("Control+Shift+A");
    await question().waitFor();
    expect(await focused()).toBe("Attach");
    const fields = question().getByRole("table", { name: "Fields of backends" });
    expect(await fields.getByRole("row", { name: "weight" }).textContent()).toBe("weight__u16__u32converted");
    await question()
      .getByRole("table", { name: "Example entries of backends" })
      .getByText(/mac 00:00/)
      .first()
      .waitFor();
    expect(await question().getByRole("status", { name: "What is lost" }).textContent()).toBe(
      "lostflows 23,456 entries, old_routes 12 entries, the newer program has no such map",
    );
    await page.keyboard.press("Enter");
    await messages()
      .getByText(/kept xdp_stats_map, 1 variable; carried backends: 120 entries, 2 lost; flows: 23,456/)
      .waitFor();
    await runsLine().getByText("id 219").waitFor();
    expect(fake.knobs.reload.loaded).toEqual({
      maps: [
        { name: "xdp_stats_map", fate: "keep" },
        { name: "backends", fate: "carry" },
        { name: ".bss", fate: "keep" },
      ],
    });
  });

  test("Escape leaves everything, and the next attach asks again", async () => {
    await attachInLab();
    runsWithEntries();
    fake.knobs.reload.loaded = null;
    await page.keyboard.press("Control+Shift+A");
    await question().waitFor();
    await page.keyboard.press("Escape");
    await question().waitFor({ state: "detached" });
    await expect.poll(() => page.getByRole("button", { name: "Attach", exact: true }).isEnabled()).toBe(true);
    expect(fake.knobs.reload.loaded).toBeNull();
    expect(await runsLine().textContent()).toContain("id 214");
    await page.keyboard.press("Control+Shift+A");
    await question().waitFor();
  });

  test("other choices by keys; do not ask again is a setting, and holds", async () => {
    await attachInLab();
    runsWithEntries();
    await page.keyboard.press("Control+Shift+A");
    await question().waitFor();
    await question().getByRole("radio", { name: "Keep" }).first().focus();
    await page.keyboard.press("ArrowRight");
    await question().getByText("Chosen: its 4 entries will be lost.").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await question().getByRole("checkbox", { name: "Do not ask again: always start empty" }).focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await runsLine().getByText("id 219").waitFor();
    expect(fake.knobs.reload.loaded).toEqual({ maps: [{ name: ".bss", fate: "keep" }] });

    await page.keyboard.press("Control+Shift+A");
    await runsLine().getByText("id 224").waitFor();
    expect(fake.knobs.reload.loaded).toEqual({});
    // the way back
    await page.getByRole("button", { name: "Program", exact: true }).click();
    await page.getByRole("menuitem", { name: "Ask what maps keep, or not" }).click();
    await messages().getByText("Attach asks what of the maps to keep").waitFor();
    await page.keyboard.press("Control+Shift+A");
    await question().waitFor();
  });

  test("a foreign program is asked about once, together with its maps, and Enter does not replace it", async () => {
    await page.getByRole("button", { name: "Open Packet counters" }).click();
    await expect.poll(focused).toMatch(/^program\.bpf\.c, source/);
    await page.getByRole("option", { name: /docker0/ }).click();
    fake.knobs.reload.maps = [sample.statsMap];
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    const asked = page.getByRole("alertdialog", { name: "Replace lb_main on docker0" });
    await asked.getByText(/was not attached by the workbench/).waitFor();
    expect(await focused()).toBe("Cancel");
    await page.keyboard.press("Enter");
    await asked.waitFor({ state: "detached" });
    expect(fake.knobs.reload.loaded).toBeNull();
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    await asked.getByRole("button", { name: "Replace it" }).click();
    await runsLine().getByText("id 214").waitFor();
    expect(fake.knobs.reload.loaded?.maps).toEqual([{ name: "xdp_stats_map", fate: "keep" }]);
  });

  test("load options by keys: what does not fit is said beside it, what is set is shown, used and reset", async () => {
    await attachInLab();
    await page.keyboard.press("Control+S");
    await page.getByText(/saved → accepted/).waitFor();
    await page.keyboard.press("Alt+L");
    const options = page.getByRole("dialog", { name: "Load options of program.bpf.c" });
    await expect
      .poll(() => options.getByRole("textbox", { name: /^port/ }).evaluate((one) => one === document.activeElement))
      .toBe(true);
    await page.keyboard.type("https");
    await page.keyboard.press("Enter");
    await options.getByRole("alert").getByText("port: “https” is not a number; give 0 to 65535").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("8443");
    await options.getByRole("textbox", { name: /^xdp_stats_map/ }).fill("0");
    await page.keyboard.press("Enter");
    await options
      .getByRole("alert")
      .getByText(/“0” is not a number of entries/)
      .waitFor();
    await options.getByRole("textbox", { name: /^xdp_stats_map/ }).fill("16");
    expect(await options.getByText("const without volatile: declare it const volatile to set it").count()).toBe(1);
    await page.keyboard.press("Enter");
    await options.waitFor({ state: "detached" });

    const tag = page.getByRole("button", { name: "Load options: 1 global, 1 map size set" });
    await tag.waitFor();
    await expect
      .poll(() => fake.knobs.reload.verified)
      .toEqual({
        globals: [{ name: "port", value: "8443" }],
        maxEntries: [{ map: "xdp_stats_map", entries: 16 }],
      });
    const second = await windows.open();
    await second.getByRole("button", { name: "Load options: 1 global, 1 map size set" }).waitFor();
    await page.bringToFront();
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    await runsLine().getByText("id 219").waitFor();
    expect(fake.knobs.reload.loaded).toEqual({
      globals: [{ name: "port", value: "8443" }],
      maxEntries: [{ map: "xdp_stats_map", entries: 16 }],
    });
    await page.getByRole("button", { name: "Reset: 1 global, 1 map size set" }).click();
    await page.getByRole("button", { name: "Load options", exact: true }).waitFor();
    await second.getByRole("button", { name: "Load options", exact: true }).waitFor();
    await expect.poll(() => fake.knobs.reload.verified).toBeNull();
  });

  test("load options that no longer fit stop an attach with a word, and lead to where they are forgotten", async () => {
    const stale = { globals: [{ name: "gone_limit", value: "1" }] };
    await page.evaluate(
      (text) => localStorage.setItem("xdpw.loadOptions", text),
      JSON.stringify({ "/home/ada/xdp/packet-counters/program.bpf.c": stale }),
    );
    await page.reload();
    await attachInLab(false);
    await messages().getByText("The load options of program.bpf.c do not fit").waitFor();
    await messages().getByText("global gone_limit: the source has no such variable").waitFor();
    expect(fake.knobs.reload.loaded).toBeNull();
    await messages().getByRole("button", { name: "Load options…" }).click();
    const options = page.getByRole("dialog", { name: "Load options of program.bpf.c" });
    await options.getByText("Set before, and no longer in the source: gone_limit").waitFor();
    await options.getByRole("button", { name: "Forget them" }).click();
    await options.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByRole("button", { name: "Load options", exact: true }).waitFor();
    await page.keyboard.press("Control+Shift+A");
    await runsLine().getByText("id 214").waitFor();
  });

  test("what the user set, or writes anew into the source, is not taken for something that the program wrote", async () => {
    await attachInLab();
    await page.keyboard.press("Alt+L");
    await page.getByRole("textbox", { name: /^burst/ }).fill("128");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Shift+A");
    await runsLine().getByText("id 219").waitFor();
    // it holds what it was loaded with, in this window and in one that is opened anew
    fake.knobs.reload.running = { burst: "128" };
    await page.getByRole("button", { name: "Reset: 1 global set" }).click();
    await page.reload();
    await expect.poll(async () => runsLine().textContent()).toContain("id 219");
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    await runsLine().getByText("id 224").waitFor();
    // and this was written while it ran
    fake.knobs.reload.running = { burst: "7" };
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    await question().getByRole("list", { name: "Variables" }).getByText("burst").waitFor();
    await page.keyboard.press("Enter");
    await runsLine().getByText("id 229").waitFor();
    expect(fake.knobs.reload.loaded).toEqual({ globals: [{ name: "burst", value: "7" }] });
  });

  test("variables of the running program: a line each, edited in place; constants are read only", async () => {
    await attachInLab();
    const maps = page.getByRole("listbox", { name: "Maps of port0" });
    expect(await maps.getByText("xdp_coun").count()).toBe(0);
    await maps.getByRole("option", { name: "Variables .data" }).click();
    const grid = page.getByRole("grid", { name: "Variables .data" });
    const value = grid
      .getByRole("row", { name: /^burst/ })
      .getByRole("gridcell")
      .last();
    await value.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "New value of burst" }).fill("many");
    await page.keyboard.press("Enter");
    await grid.getByRole("alert").getByText("“many” is not a number").waitFor();
    await page.getByRole("textbox", { name: "New value of burst" }).fill("128");
    await page.keyboard.press("Enter");
    await value.getByText("128").waitFor();
    await expect.poll(focused).toBe("128");
    await maps.getByRole("option", { name: "Constants .rodata" }).click();
    await page.getByText("read only: is frozen").waitFor();
    const constant = page.getByRole("grid", { name: "Constants .rodata" }).getByRole("row", { name: /^port/ });
    await constant.getByRole("gridcell").last().dblclick();
    expect(await page.getByRole("textbox", { name: /^New value/ }).count()).toBe(0);
  });

  test("no accessibility violations, in every theme", async () => {
    const { look, found } = looker(page);
    await attachInLab();
    await page.keyboard.press("Alt+L");
    await page.getByRole("textbox", { name: /^burst/ }).fill("many");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await look("load options");
    await page.getByRole("textbox", { name: /^burst/ }).fill("9");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Load options: 1 global set" }).waitFor();
    runsWithEntries();
    await page.keyboard.press("Control+Shift+A");
    await question().waitFor();
    await look("reload");
    await question().getByRole("radio", { name: "Start empty" }).first().focus();
    await page.keyboard.press("Space");
    await look("reload, a map chosen to be empty");
    await page.keyboard.press("Escape");
    await page.getByRole("option", { name: "Variables .data" }).click();
    await page.getByRole("grid", { name: "Variables .data" }).getByRole("gridcell").last().dblclick();
    await look("variables, editing");
    expect(found).toEqual([]);
  }, 180_000);
});
