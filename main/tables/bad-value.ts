/** A text or JSON value that does not fit its field; shaped as the failure of the same kind on the wire. */
export interface BadValue {
  readonly kind: "bad-value";
  /** Path of the field. */
  readonly field: string;
  readonly message: string;
}

const shown = 60;

export function badValue(field: string, given: unknown, expected: string): BadValue {
  if (given === undefined) return { kind: "bad-value", field, message: `field ${field} is missing: give ${expected}` };
  const text = typeof given === "string" ? JSON.stringify(given.slice(0, shown)) : describe(given);
  return { kind: "bad-value", field, message: `field ${field}: ${text} does not fit: give ${expected}` };
}

function describe(given: unknown): string {
  if (Array.isArray(given)) return `an array of ${given.length}`;
  return typeof given === "object" && given !== null ? "an object" : JSON.stringify(given);
}
