/** F6: from one part of the window to the next. A part is an element with data-region. */
const order = ["menus", "toolbar", "lists", "editors", "panels", "status"] as const;
export type Region = (typeof order)[number];

export function stepRegion(by: 1 | -1): void {
  const here = document.activeElement?.closest<HTMLElement>("[data-region]")?.dataset["region"];
  const at = order.findIndex((region) => region === here);
  for (let step = 1; step <= order.length; step++) {
    const next = order[((((at < 0 ? 2 : at) + by * step) % order.length) + order.length) % order.length];
    if (next !== undefined && focusRegion(next)) return;
  }
}

const focusable =
  'button:not([disabled]), [role="tab"][aria-selected="true"], [role="option"], [role="row"], a[href], input, select, textarea, [tabindex="0"]';

export function focusRegion(region: Region): boolean {
  const part = regionElement(region);
  if (part === null) return false;
  const editor =
    region === "editors"
      ? part.querySelector<HTMLElement>(".monaco-editor textarea, .monaco-editor .native-edit-context")
      : null;
  const targets = [editor, ...part.querySelectorAll<HTMLElement>(focusable)];
  for (const target of targets) {
    if (target === null || target.tabIndex < 0 || target.getClientRects().length === 0) continue;
    target.focus();
    if (document.activeElement === target) return true;
  }
  return false;
}

function regionElement(region: Region): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-region="${region}"]`);
}
