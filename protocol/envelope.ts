/** JSON-RPC 2.0 envelopes, checked before the JSON-RPC library sees them (https://www.jsonrpc.org/specification). */
import { z } from "zod";

const jsonrpc = z.literal("2.0");
const requestId = z.union([z.number().int(), z.string().max(100)]);

export const envelope = z.union([
  z.strictObject({
    jsonrpc,
    id: requestId,
    method: z.string().max(100),
    params: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({ jsonrpc, method: z.string().max(100), params: z.record(z.string(), z.unknown()).optional() }),
  z.strictObject({ jsonrpc, id: requestId.nullable(), result: z.unknown() }),
  z.strictObject({
    jsonrpc,
    id: requestId.nullable(),
    error: z.strictObject({ code: z.number().int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);

export type Opened =
  | { readonly ok: true; readonly message: z.infer<typeof envelope> }
  /** id is what could be saved of it, so that the caller hears of the refusal */
  | { readonly ok: false; readonly id: number | string | null; readonly why: string };

export function openEnvelope(text: string): Opened {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, id: null, why: "not JSON" };
  }
  const checked = envelope.safeParse(value);
  if (checked.success) return { ok: true, message: checked.data };
  const id = typeof value === "object" && value !== null && "id" in value ? requestId.safeParse(value.id) : undefined;
  return { ok: false, id: id?.success ? id.data : null, why: "not a JSON-RPC 2.0 message of the form used here" };
}
