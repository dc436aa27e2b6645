/**
 * F6: from one part of the window to the next. A part is an element with data-region, or one of the docked tab sets,
 * whose tabs and contents stand apart in the document and share the beginning of data-layout-path. A tab set gives the
 * focus to its source, else to its shown tab; Tab leads from there into what it shows.
 */
interface Part {
  readonly name: string;
  /** in the order in which they are tried for focus */
  readonly roots: readonly HTMLElement[];
}

const focusable = 'button:not([disabled]), a[href], input, select, textarea, summary, [tabindex="0"]';

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
  const withEditor = sets.find(({ roots }) => roots.some((root) => editorIn(root)?.closest(".code-panel") === null));
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
  return [
    ...named("menus"),
    ...named("toolbar"),
    ...named("guards"),
    ...named("trouble"),
    ...named("lists"),
    ...sets,
    ...named("messages"),
    ...named("status"),
  ];
}

/** From a tab into what it shows, and from there back to its tab: they stand apart in the document. */
export function stepIntoPanel(event: React.KeyboardEvent): void {
  if (event.key !== "Tab" || event.ctrlKey || event.altKey || !(event.target instanceof HTMLElement)) return;
  const { target } = event;
  if (!event.shiftKey && target.role === "tab") {
    const panel = document.getElementById(target.getAttribute("aria-controls") ?? "");
    if (panel !== null && focusIn(panel)) event.preventDefault();
  }
  const panel = target.closest<HTMLElement>('[role="tabpanel"]');
  if (event.shiftKey && panel !== null && firstFocusable(panel) === target) {
    document.getElementById(panel.getAttribute("aria-labelledby") ?? "")?.focus();
    event.preventDefault();
  }
}

function focusPart({ roots }: Part): boolean {
  const editor = roots.map(editorIn).find((found) => found !== null && isSeen(found));
  if (editor !== undefined && editor !== null) {
    editor.focus();
    return true;
  }
  const tab = roots.map((root) => root.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]'));
  const shown = tab.find((found) => found !== null);
  if (shown !== undefined && shown !== null) {
    shown.focus();
    return true;
  }
  return roots.some(focusIn);
}

function focusIn(root: HTMLElement): boolean {
  const target = firstFocusable(root);
  target?.focus();
  return target !== undefined && root.contains(document.activeElement);
}

function firstFocusable(root: HTMLElement): HTMLElement | undefined {
  const editor = editorIn(root);
  // what stands above code is reached through its tab
  if (editor !== null && editor.closest(".code-panel") === null) return editor;
  return [...root.querySelectorAll<HTMLElement>(focusable)].find((found) => found.tabIndex >= 0 && isSeen(found));
}

function editorIn(root: HTMLElement): HTMLElement | null {
  return root.querySelector<HTMLElement>(".monaco-editor .native-edit-context, .monaco-editor textarea");
}

function isSeen(element: HTMLElement): boolean {
  return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
}
