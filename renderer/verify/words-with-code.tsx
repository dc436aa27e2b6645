/** Sentences with the C in them set as code, and C with its words coloured. */

const code = /(?:\w+(?:->|\.)[a-z]\w*(?:(?:->|\.)\w+)*|\b\w+_\w+\b(?:\(\))?|\bR\d{1,2}\b|\bctx\b)/g;

/** `names`: C variables that the text may speak of */
export function WordsWithCode({ text, names }: { readonly text: string; readonly names: readonly string[] }) {
  const own = names.filter((name) => /^\w+$/.test(name) && name.length > 1);
  const pattern = own.length === 0 ? code : new RegExp(`${code.source}|\\b(?:${own.join("|")})\\b`, "g");
  return <>{pieces(text, pattern).map(([piece, found], at) => (found ? <code key={at}>{piece}</code> : piece))}</>;
}

const word =
  /(\b(?:if|return|for|while|else|struct|sizeof|static|const)\b)|(\b(?:void|long|int|char|unsigned|__u\d+|__be\d+)\b|(?<=struct )\w+)|(\b(?:XDP_\w+|BPF_\w+|\d\w*)\b)|("[^"\n]*")|(\/\*.*?\*\/)/g;
const tokens = ["kw", "ty", "nu", "st", "cm"] as const;

export function ColouredC({ text }: { readonly text: string }): React.ReactNode {
  const parts: React.ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(word)) {
    parts.push(text.slice(from, found.index));
    const kind = tokens[found.slice(1).findIndex((group) => group !== undefined)] ?? "kw";
    parts.push(
      <span key={found.index} className={`token-${kind}`}>
        {found[0]}
      </span>,
    );
    from = found.index + found[0].length;
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  );
}

/** In turns: what lies between, what was found. */
function pieces(text: string, pattern: RegExp): readonly (readonly [piece: string, found: boolean])[] {
  const parts: (readonly [string, boolean])[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push([text.slice(from, found.index), false], [found[0], true]);
    from = found.index + found[0].length;
  }
  return [...parts, [text.slice(from), false]];
}
