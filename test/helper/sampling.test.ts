import { describe, expect, it } from "vitest";
import { answer } from "../../helper/interfaces/sampling.ts";
import type { InterfaceCounters } from "../../protocol/interface-details.ts";

const sample = (at: number, ...names: string[]): InterfaceCounters => ({
  at,
  link: {},
  driver: names.map((name, index) => ({ name, value: `${at + index}` })),
  runs: [],
});

describe("readings that were kept", () => {
  it("are told from the moment on that the caller knows, names once", () => {
    expect(answer([sample(100, "a", "b"), sample(200, "a", "b"), sample(300, "a", "b")], 100)).toEqual({
      driver: ["a", "b"],
      samples: [
        { ...sample(200), driver: ["200", "201"] },
        { ...sample(300), driver: ["300", "301"] },
      ],
    });
    expect(answer([], 0)).toEqual({ driver: [], samples: [] });
  });

  it("are left out where the driver counted other things, and all told to who knows another helper's clock", () => {
    const kept = [sample(100, "a"), sample(200, "a", "b"), sample(300, "a", "b")];
    expect(answer(kept, 0).samples.map(({ at }) => at)).toEqual([200, 300]);
    expect(answer(kept, 5_000).samples.map(({ at }) => at)).toEqual([200, 300]);
    expect(answer(kept, 300).samples).toEqual([]);
  });
});
