/** Why an object could not be read. Every kind is expected; `message` names the object, the cause and the next step. */
export interface ObjectFailure {
  readonly kind: "not-elf" | "wrong-class" | "wrong-machine" | "wrong-type" | "truncated-elf" | "bad-elf" | "bad-btf";
  readonly message: string;
}

export interface Failed {
  readonly ok: false;
  readonly failure: ObjectFailure;
}

export function failed(kind: ObjectFailure["kind"], message: string): Failed {
  return { ok: false, failure: { kind, message } };
}
