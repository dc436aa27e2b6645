import { describe, expect, it } from "vitest";
import { commands } from "../../../main/cli/commands.ts";
import { fatesOf, needsPlan, parseLoadFlags } from "../../../main/cli/load-flags.ts";
import { parseCommandLine } from "../../../main/cli/parse-command-line.ts";
import type { MapFate, ReloadPlan } from "../../../protocol/reload.ts";

function flagsOf(...words: readonly string[]) {
  const line = parseCommandLine(["attach", "a.c", "--dev", "p", ...words], commands);
  if (line.kind !== "run") throw new Error(line.kind === "wrong" ? line.message : line.kind);
  return parseLoadFlags(line.typed);
}

const map = (name: string, ...choices: MapFate[]): ReloadPlan["maps"][number] => ({
  ...{ name, type: "hash", running: null, maxEntries: 1, choices, why: "", fields: [], examples: [] },
});
const plan: ReloadPlan = {
  ...{ program: "p", replaces: null, foreign: false, gone: [], globals: [] },
  maps: [
    map("same", "keep", "carry", "empty"),
    map("wider", "carry", "empty"),
    map("other", "empty"),
    map("unsure", "empty", "keep"),
    map(".data", "empty", "keep", "carry"),
  ],
};
const fates = (...words: readonly string[]): readonly MapFate[] =>
  fatesOf(plan, flagsOf(...words)).map(({ fate }) => fate);

describe("--maps", () => {
  it("chooses for all, as far as it is proposed", () => {
    expect(fates()).toEqual(["empty", "empty", "empty", "empty", "empty"]);
    expect(fates("--maps", "keep")).toEqual(["keep", "empty", "empty", "empty", "empty"]);
    expect(fates("--maps", "carry")).toEqual(["keep", "carry", "empty", "empty", "empty"]);
    expect(fates("--maps", "carry", "--maps", "same=empty", "--maps", ".data=keep")).toEqual([
      "empty",
      "carry",
      "empty",
      "empty",
      "keep",
    ]);
  });
  it("passes on what is named and not there, so that it is refused by name", () => {
    expect(fatesOf(plan, flagsOf("--maps", "nope=keep")).at(-1)).toEqual({ name: "nope", fate: "keep" });
  });
  it("needs no plan where everything is to be empty", () => {
    expect(needsPlan(flagsOf())).toBe(false);
    expect(needsPlan(flagsOf("--maps", "empty", "--maps", "a=empty"))).toBe(false);
    expect(needsPlan(flagsOf("--maps", "a=carry"))).toBe(true);
  });
});

it("values may hold equals signs and commas", () => {
  expect(flagsOf("--set", 'a={"b":"=,"}', "--set", "c=", "--max-entries", "m=4294967295").load).toEqual({
    globals: [
      { name: "a", value: '{"b":"=,"}' },
      { name: "c", value: "" },
    ],
    maxEntries: [{ map: "m", entries: 4_294_967_295 }],
  });
});
