/** Bytes out of a message before it is written as JSON, and into it again after. */
import type { Opened } from "./envelope.ts";
import type { Beside } from "./pipe.ts";

/** `beside` null: there are none. Only fields of the parameters or of the result themselves are looked at. */
export function splitBytes(message: object): { readonly rest: object; readonly beside: Beside | null } {
  const place = placeIn(message);
  const fields = place === null ? null : (message as Readonly<Record<string, unknown>>)[place];
  if (place === null || typeof fields !== "object" || fields === null) return { rest: message, beside: null };
  const all = Object.entries(fields);
  const bytes = all.filter((field): field is [string, Uint8Array] => field[1] instanceof Uint8Array);
  if (bytes.length === 0) return { rest: message, beside: null };
  const others = all.filter(([, value]) => !(value instanceof Uint8Array));
  return { rest: { ...message, [place]: Object.fromEntries(others) }, beside: Object.fromEntries(bytes) };
}

/** Refused where there is nothing that the bytes could be fields of, or a field of that name is there already. */
export function joinBytes(opened: Opened, beside: Beside | null): Opened {
  if (!opened.ok || beside === null) return opened;
  const { message } = opened;
  const refused = (why: string): Opened => {
    const id = "id" in message ? message.id : null;
    return { ok: false, id, isAnswer: !("method" in message), why };
  };
  const place = placeIn(message);
  const fields: unknown = place === null ? null : (message as Readonly<Record<string, unknown>>)[place];
  if (place === null || typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    return refused("bytes came beside a message that has no fields for them");
  }
  const twice = Object.keys(beside).find((name) => Object.hasOwn(fields, name));
  if (twice !== undefined) return refused(`the field ${twice} came twice, in the message and beside it`);
  return { ok: true, message: { ...message, [place]: { ...fields, ...beside } } as typeof message };
}

function placeIn(message: object): "params" | "result" | null {
  return "params" in message ? "params" : "result" in message ? "result" : null;
}
