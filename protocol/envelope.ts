/** JSON-RPC 2.0 envelopes, checked before the JSON-RPC library sees them (https://www.jsonrpc.org/specification). */
import * as z from "zod";

const jsonrpc = z.literal("2.0");
const requestId = z.union([z.number().int(), z.string().max(100)]);
export const cancelMethod = "$/cancelRequest";
/** `$/…` belongs to the library, which trusts the form of such messages: the one that is used has a form of its own. */
const method = z
  .string()
  .max(100)
  .regex(/^(?!\$\/)/);
// Handed on as it is: a record would drop a field called __proto__, and its schema would never refuse it.
const params = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  )
  .optional();

export const envelope = z.union([
  z.strictObject({ jsonrpc, id: requestId, method, params }),
  z.strictObject({ jsonrpc, method, params }),
  z.strictObject({ jsonrpc, method: z.literal(cancelMethod), params: z.strictObject({ id: requestId }) }),
  z.strictObject({ jsonrpc, id: requestId.nullable(), result: z.unknown() }),
  z.strictObject({
    jsonrpc,
    id: requestId.nullable(),
    error: z.strictObject({ code: z.number().int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);

export type Opened =
  | { readonly ok: true; readonly message: z.infer<typeof envelope> }
  | {
      readonly ok: false;
      /** what could be saved of it, so that the one who waits hears of the refusal */
      readonly id: number | string | null;
      /** it was meant as an answer: the one who waits is on this side */
      readonly isAnswer: boolean;
      readonly why: string;
    };

export function openEnvelope(text: string): Opened {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, id: null, isAnswer: false, why: "not JSON" };
  }
  const checked = envelope.safeParse(value);
  if (checked.success) return { ok: true, message: checked.data };
  const fields = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const id = requestId.safeParse(fields["id"]);
  return {
    ok: false,
    id: id.success ? id.data : null,
    isAnswer: fields["method"] === undefined && ("result" in fields || "error" in fields),
    why: "not a JSON-RPC 2.0 message of the form used here",
  };
}
