/** Where in a JSON text the cursor stands, also while it is half typed. Pure and total. */
export type JsonPath = readonly (string | number)[];

export interface JsonContext {
  /** of the value that the cursor is in or at; in the place of a name, of the object around it */
  readonly path: JsonPath;
  /** what may stand here */
  readonly place: "name" | "value";
  /** of the name or value under the cursor; empty at the cursor where there is none yet */
  readonly from: number;
  readonly to: number;
  /** the name under the cursor, whole; null elsewhere */
  readonly name: string | null;
  /** names that the object around it has already, without the one under the cursor */
  readonly taken: readonly string[];
  /** a colon stands behind the name already */
  readonly hasColon: boolean;
}

interface Level {
  readonly kind: "object" | "array";
  /** the name or index whose value is next */
  key: string | number;
  /** in an object: a name comes next */
  awaitsName: boolean;
  readonly id: number;
}

/** null where nothing is proposed: outside of everything, and behind a whole value. */
export function jsonContextAt(text: string, offset: number): JsonContext | null {
  const levels: Level[] = [];
  const names = new Map<number, string[]>();
  let found: Omit<JsonContext, "taken" | "hasColon"> | null = null;
  let owner = -1;
  let nextId = 0;
  let lastEnd = 0;
  /** a value ended and no comma followed yet */
  let closed = false;
  const pathOf = (): JsonPath => levels.map(({ key }) => key);
  const top = (): Level | undefined => levels.at(-1);
  const note = (from: number, to: number, name: string | null): void => {
    const level = top();
    if (found !== null || level === undefined || from > offset || to < offset) return;
    const place = level.kind === "object" && level.awaitsName ? "name" : "value";
    found = { path: place === "name" ? pathOf().slice(0, -1) : pathOf(), place, from, to, name };
    owner = level.id;
  };
  /** nothing is typed where the cursor is */
  const gap = (until: number): void => {
    if (found === null && offset >= lastEnd && offset < until && !closed) note(offset, offset, null);
  };
  for (const match of text.matchAll(/"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    const [token] = match;
    const from = match.index;
    const to = from + token.length;
    const level = top();
    const isSign = /^[{}[\],:]$/.test(token);
    gap(isSign ? from + 1 : from);
    if (token === "{" || token === "[") {
      levels.push({
        kind: token === "{" ? "object" : "array",
        key: token === "{" ? "" : 0,
        awaitsName: token === "{",
        id: nextId++,
      });
      closed = false;
    } else if (token === "}" || token === "]") {
      levels.pop();
      closed = true;
    } else if (token === ",") {
      if (level?.kind === "array" && typeof level.key === "number") level.key++;
      if (level?.kind === "object") level.awaitsName = true;
      closed = false;
    } else if (token === ":") {
      if (level?.kind === "object") level.awaitsName = false;
      closed = false;
    } else {
      const isName = level?.kind === "object" && level.awaitsName;
      const word = token.replace(/^"|"$/g, "");
      note(from, to, isName ? word : null);
      if (isName && level !== undefined) {
        level.key = word;
        if (owner !== level.id || from > offset || to < offset)
          names.set(level.id, [...(names.get(level.id) ?? []), word]);
        // a colon is next, and nothing to propose
      }
      closed = true;
    }
    lastEnd = to;
  }
  gap(text.length + 1);
  if (found === null) return null;
  const { to } = found as JsonContext;
  return { ...(found as JsonContext), taken: names.get(owner) ?? [], hasColon: /^\s*:/.test(text.slice(to)) };
}
