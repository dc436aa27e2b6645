export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function say(figure: string, value: string, bound = ""): void {
  process.stdout.write(`${figure.padEnd(58)} ${value.padStart(12)}${bound === "" ? "" : `   (aim: ${bound})`}\n`);
}
