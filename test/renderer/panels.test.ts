/** How much room the panels get below the sources, as long as nobody has drawn the border. */
import { Actions, TabSetNode } from "flexlayout-react";
import { describe, expect, it } from "vitest";
import { createPanels } from "../../renderer/app/panels.ts";

function weightOf({ model }: ReturnType<typeof createPanels>): number {
  const panels = model.getNodeById("panels");
  return panels instanceof TabSetNode ? panels.getWeight() : 0;
}

describe("the panels", () => {
  it("are a strip, take the greater part for a map without a source, and the lesser one beside a source", () => {
    const panels = createPanels();
    const strip = weightOf(panels);
    panels.show({ id: "map:7", where: "panels", name: "routes" });
    const withMap = weightOf(panels);
    expect(strip).toBeLessThan(20);
    expect(withMap).toBeGreaterThan(50);
    panels.show({ id: "source:/x.bpf.c", where: "editors" });
    const withSource = weightOf(panels);
    expect(withSource).toBeLessThan(50);
    expect(withSource).toBeGreaterThan(strip);
    panels.model.doAction(Actions.deleteTab("source:/x.bpf.c"));
    expect(weightOf(panels)).toBe(withMap);
    panels.model.doAction(Actions.deleteTab("map:7"));
    expect(weightOf(panels)).toBe(withSource);
  });

  it("stay as the user draws them", () => {
    const panels = createPanels();
    panels.model.doAction(Actions.adjustWeights(panels.model.getRootRow()?.getId() ?? "", [70, 30]));
    panels.show({ id: "map:7", where: "panels", name: "routes" });
    expect(weightOf(panels)).toBe(30);
  });
});
