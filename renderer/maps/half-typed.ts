/** A filter that is being typed: whether its last word may be the beginning of a condition and no text to look for yet. */

const joins = ["and", "or", "not", "in", "has"];
/** what stands before a value */
const operator = /(==?|!=|<>|<=?|>=?|~|(^|\s)(in|has))\s*$/i;

/** @param columns their names */
export function mayGoOn(text: string, columns: readonly string[]): boolean {
  const [, before = "", last = ""] = /^([^]*?)([^\s(),]*)\s*$/.exec(text) ?? [];
  const word = last.toLowerCase();
  if (word === "" || operator.test(before)) return false;
  const begins = (name: string): boolean => name.toLowerCase().startsWith(word);
  return joins.some(begins) || columns.some((path) => begins(path) || begins(path.slice(path.lastIndexOf(".") + 1)));
}
