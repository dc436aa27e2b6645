/** What a JSON Schema says of one place: its text, its default, and what may stand there. Pure. */
import type { JsonPath } from "./json-context.ts";

/** The parts of JSON Schema that zod's settings come to. */
export interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export function schemaAt(schema: Schema, path: JsonPath): Schema | null {
  let at: Schema | undefined = schema;
  for (const step of path) {
    const all: readonly Schema[] = at === undefined ? [] : [at, ...(at.anyOf ?? [])];
    at = all
      .map((one) => (typeof step === "number" ? one.items : one.properties?.[step]))
      .find((one) => one !== undefined);
  }
  return at ?? null;
}

/** As JSON texts; empty where any value of the type may stand. */
export function valuesOf({ enum: listed, type, default: usual, anyOf = [] }: Schema): readonly string[] {
  const texts = [
    ...(listed ?? []).map((one) => JSON.stringify(one)),
    ...(type === "boolean" ? ["true", "false"] : []),
    ...(type === "null" ? ["null"] : []),
    ...anyOf.flatMap(valuesOf),
    ...(usual === undefined ? [] : [JSON.stringify(usual)]),
  ];
  return [...new Set(texts)];
}

/** Markdown for a hover, and beside a name that is proposed. */
export function describe(schema: Schema): string {
  const values = valuesOf(schema).filter((one) => one !== JSON.stringify(schema.default));
  const bounds =
    schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER
      ? `${schema.minimum} to ${schema.maximum}`
      : "";
  return [
    schema.description ?? "",
    ...(schema.default === undefined ? [] : [`Default: \`${JSON.stringify(schema.default)}\``]),
    ...(values.length > 0 ? [`Or: ${values.map((one) => `\`${one}\``).join(", ")}`] : []),
    ...(bounds === "" ? [] : [`A whole number, ${bounds}`]),
  ]
    .filter((line) => line !== "")
    .join("\n\n");
}
