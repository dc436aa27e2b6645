/**
 * F6: from one part of the window to the next. A part is an element with data-region, or one of the docked tab sets,
 * whose tabs and contents stand apart in the document and share the beginning of data-layout-path.
 */
interface Part {
  readonly name: string;
  /** in the order in which they are tried for focus */
  readonly roots: readonly HTMLElement[];
}

const focusable =
  'button:not([disabled]), [role="option"], [role="gridcell"], a[href], input, select, textarea, summary, [tabindex="0"]';

export function stepRegion(by: 1 | -1): void {
  const parts = partsInOrder();
  const here = parts.findIndex(({ roots }) => roots.some((root) => root.contains(document.activeElement)));
  const from = here < 0 ? (by > 0 ? -1 : 0) : here;
  for (let step = 1; step <= parts.length; step++) {
    const next = parts[(from + by * step + parts.length * 2) % parts.length];
    if (next !== undefined && focusPart(next)) return;
  }
}

/** The part that holds the shown source, else the first tab set. */
export function focusEditor(): void {
  const sets = partsInOrder().filter(({ name }) => name.startsWith("/"));
  const withEditor = sets.find(({ roots }) => roots.some((root) => editorIn(root) !== null));
  const target = withEditor ?? sets[0];
  if (target !== undefined) focusPart(target);
}

function partsInOrder(): readonly Part[] {
  const named = (name: string): Part[] =>
    [...document.querySelectorAll<HTMLElement>(`[data-region="${name}"]`)].map((root) => ({ name, roots: [root] }));
  const sets = [...document.querySelectorAll<HTMLElement>(".flexlayout__tabset")].map((strip): Part => {
    const name = strip.dataset["layoutPath"] ?? "/";
    const contents = [...document.querySelectorAll<HTMLElement>(`[role="tabpanel"][data-layout-path^="${name}/"]`)];
    return { name, roots: [...contents.filter(isSeen), strip] };
  });
  return [...named("menus"), ...named("toolbar"), ...named("lists"), ...sets, ...named("status")];
}

function focusPart({ roots }: Part): boolean {
  for (const root of roots) {
    const targets = [editorIn(root), ...root.querySelectorAll<HTMLElement>(focusable)];
    for (const target of targets) {
      if (target === null || !isSeen(target) || (target.tabIndex < 0 && target.role !== "option")) continue;
      target.focus();
      if (document.activeElement === target) return true;
    }
  }
  return false;
}

function editorIn(root: HTMLElement): HTMLElement | null {
  return root.querySelector<HTMLElement>(".monaco-editor .native-edit-context, .monaco-editor textarea");
}

function isSeen(element: HTMLElement): boolean {
  return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
}
