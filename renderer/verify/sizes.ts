/** Numbers as they are read: 1.2 KB, 61 ms, 18,204. */
const grouped = new Intl.NumberFormat("en-US");

export function count(value: number): string {
  return grouped.format(value);
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KB`;
  return `${(value / 1024 / 1024).toFixed(1)} MB`;
}

export function milliseconds(value: number): string {
  if (value < 9.95) return `${value.toFixed(1)} ms`;
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Digits of any length in groups of three; anything else as it is. */
export function grouped3(digits: string): string {
  return /^-?\d{4,}$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, ",") : digits;
}

/** Instructions that the verifier walks through before it gives up (BPF_COMPLEXITY_LIMIT_INSNS, Linux 5.2 and later). */
export const processedLimit = 1_000_000;

export function shareOfLimit(processed: number): string {
  const percent = (processed / processedLimit) * 100;
  if (percent > 0 && percent < 0.1) return "under 0.1 %";
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
