/** Which names fit what was typed, the best first: its characters in order, better at the beginning of words. */
export interface Ranked<T> {
  readonly item: T;
  readonly score: number;
}

const notThere = -1;

export function rank<T>(items: readonly T[], typed: string, nameOf: (item: T) => string, limit: number): readonly T[] {
  const wanted = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return items.slice(0, limit);
  const ranked: Ranked<T>[] = [];
  for (const item of items) {
    const name = nameOf(item);
    let score = 0;
    for (const word of wanted) {
      const one = scoreOf(name, word);
      if (one === notThere) {
        score = notThere;
        break;
      }
      score += one;
    }
    if (score !== notThere) ranked.push({ item, score });
  }
  return ranked
    .toSorted((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item);
}

/** -1: not all characters are there in this order. Linear in the name. */
export function scoreOf(name: string, word: string): number {
  const lower = name.toLowerCase();
  const base = name.lastIndexOf("/") + 1;
  const inBase = lower.indexOf(word, base);
  const shortness = 10 / (10 + name.length);
  if (inBase === base) return 100 + shortness;
  if (inBase > 0) return (startsWord(name, inBase) ? 80 : 60) + shortness;
  const anywhere = lower.indexOf(word);
  if (anywhere >= 0) return (startsWord(name, anywhere) ? 50 : 40) + shortness;
  let at = -1;
  let near = 0;
  for (const character of word) {
    const next = lower.indexOf(character, at + 1);
    if (next < 0) return notThere;
    if (next === at + 1) near += 1;
    if (startsWord(name, next)) near += 1;
    at = next;
  }
  return (30 * near) / (2 * word.length) + shortness;
}

function startsWord(name: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(name.charAt(at - 1)) || /\p{Lu}/u.test(name.charAt(at));
}
