import type { FieldNode, LayoutNode } from "./layout.ts";

/** What to type for a field, as a noun phrase: "IPv4 address such as 192.0.2.1". Stands in hints and in failures. */
export function describeField(node: LayoutNode): string {
  switch (node.kind) {
    case "field":
      return describeForm(node);
    case "array":
      return `JSON array of ${node.length}`;
    case "struct":
      if (node.prefix)
        return node.size === 8 ? "IPv4 prefix such as 192.0.2.0/24" : "IPv6 prefix such as 2001:db8::/32";
      return "JSON object";
    case "union":
      return "JSON object with one of the union's members";
  }
}

/** Least and greatest value of an integer field. */
export function rangeOf({ bitSize, form }: FieldNode): readonly [bigint, bigint] {
  const signed = (form.as === "integer" || form.as === "enum") && form.signed;
  const bits = BigInt(bitSize);
  return signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
}

/** The names of an enum; null for other fields. */
export function choicesOf(node: LayoutNode): readonly string[] | null {
  if (node.kind !== "field") return null;
  if (node.form.as === "boolean") return ["false", "true"];
  return node.form.as === "enum" ? node.form.values.map((entry) => entry.name) : null;
}

function describeForm(field: FieldNode): string {
  const { form, size } = field;
  switch (form.as) {
    case "integer": {
      const [least, greatest] = rangeOf(field);
      return `whole number from ${least} to ${greatest} (decimal or 0x hex)`;
    }
    case "enum": {
      const names = form.values.slice(0, 8).map((entry) => entry.name);
      const [least, greatest] = rangeOf(field);
      return `one of ${names.join(", ")}${form.values.length > 8 ? ", …" : ""}, or a number from ${least} to ${greatest}`;
    }
    case "boot-time":
      return "a time such as 2026-01-31 12:00:00.5, or nanoseconds since boot";
    case "boolean":
      return "true or false";
    case "float":
      return `number of ${size * 8}-bit floating point`;
    case "text":
      return `text of at most ${size} bytes`;
    case "mac":
      return "MAC address such as 02:00:00:00:00:01";
    case "ipv4":
      return "IPv4 address such as 192.0.2.1";
    case "ipv6":
      return "IPv6 address such as 2001:db8::1";
    case "bytes":
      return `${size} bytes in hex such as 0x${"0a0b0c0d".slice(0, Math.min(size, 4) * 2)}${size > 4 ? "…" : ""}`;
  }
}
