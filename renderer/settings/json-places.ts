/** JSON with the place of each value, for marking what is wrong. Total: any text in; where it stops being JSON is told. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type PlacedJson =
  | { readonly ok: true; readonly value: unknown; readonly spanOf: (at: readonly (string | number)[]) => Span }
  | { readonly ok: false; readonly span: Span; readonly message: string };

class Wrong extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const depthLimit = 200;

export function placeJson(text: string): PlacedJson {
  const spans = new Map<string, Span>();
  const keyOf = (at: readonly (string | number)[]): string => JSON.stringify(at);
  let here = 0;

  const space = (): void => {
    while (here < text.length && " \t\r\n".includes(text.charAt(here))) here++;
  };
  const literal = (): unknown => {
    const match = /^(?:"(?:[^"\\\n]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(
      text.slice(here, here + 100_000),
    );
    if (match === null) throw new Wrong(here, here >= text.length ? "a value is missing" : "this is no JSON value");
    try {
      const parsed: unknown = JSON.parse(match[0]);
      here += match[0].length;
      return parsed;
    } catch {
      throw new Wrong(here, "this is no JSON value");
    }
  };
  const expect = (sign: string): void => {
    space();
    if (text.charAt(here) !== sign) throw new Wrong(here, `"${sign}" is expected here`);
    here++;
  };
  const list = (end: string, item: () => void): void => {
    here++;
    space();
    if (text.charAt(here) === end) {
      here++;
      return;
    }
    for (;;) {
      item();
      space();
      const sign = text.charAt(here);
      here++;
      if (sign === end) return;
      if (sign !== ",") throw new Wrong(here - 1, `"," or "${end}" is expected here`);
    }
  };
  const value = (at: readonly (string | number)[]): unknown => {
    if (at.length > depthLimit) throw new Wrong(here, "this is nested too deep");
    space();
    const from = here;
    let found: unknown;
    if (text.charAt(here) === "{") {
      const entries: [string, unknown][] = [];
      list("}", () => {
        space();
        const name = text.charAt(here) === '"' ? literal() : null;
        if (typeof name !== "string") throw new Wrong(here, 'a name in quotes is expected here: "name": value');
        expect(":");
        entries.push([name, value([...at, name])]);
      });
      found = Object.fromEntries(entries);
    } else if (text.charAt(here) === "[") {
      const items: unknown[] = [];
      list("]", () => items.push(value([...at, items.length])));
      found = items;
    } else found = literal();
    spans.set(keyOf(at), { from, to: here });
    return found;
  };

  try {
    const found = value([]);
    space();
    if (here < text.length) throw new Wrong(here, "nothing more is expected here");
    return {
      ok: true,
      value: found,
      spanOf(at) {
        // what is missing is marked at what it is missing from
        for (let length = at.length; length >= 0; length--) {
          const span = spans.get(keyOf(at.slice(0, length)));
          if (span !== undefined) return span;
        }
        return { from: 0, to: text.length };
      },
    };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const from = Math.min(error.at, text.length);
    return { ok: false, span: { from, to: Math.min(text.length, from + 1) }, message: error.message };
  }
}
