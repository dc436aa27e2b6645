/** What keeps the stand-in honest: what it does not have is an error, not undefined. */
import { EventEmitter } from "node:events";

export function strict<T extends object>(name: string, has: T): T {
  return new Proxy(has, {
    get(target, property) {
      if (typeof property === "string" && !(property in target) && property !== "then") {
        throw new Error(`the stand-in for Electron has no ${name}.${property}`);
      }
      const value: unknown = Reflect.get(target, property);
      // the fields of a class are private to the object behind
      return typeof value === "function" && property !== "prototype" ? (value.bind(target) as unknown) : value;
    },
    set(_target, property) {
      throw new Error(`${name}.${String(property)} is not there to be set`);
    },
  });
}

/** Refuses options that it does not know: an ignored one would make a test pass that fails in Electron. */
export function knownOptions(name: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new Error(`the stand-in for Electron does not know the option ${name}.${key}`);
  }
}

/** An emitter that knows its events by name. */
export class StrictEmitter extends EventEmitter {
  readonly #name: string;
  readonly #events: readonly string[];

  constructor(name: string, events: readonly string[]) {
    super();
    this.#name = name;
    this.#events = events;
  }

  override on(event: string, listener: (...values: never[]) => void): this {
    return super.on(this.#known(event), listener as () => void);
  }

  override once(event: string, listener: (...values: never[]) => void): this {
    return super.once(this.#known(event), listener as () => void);
  }

  #known(event: string): string {
    if (!this.#events.includes(event))
      throw new Error(`the stand-in for Electron has no event ${event} of ${this.#name}`);
    return event;
  }
}

/** As Electron's events that can be prevented. */
export class PreventableEvent {
  defaultPrevented = false;
  readonly #fields: object;

  constructor(fields: object = {}) {
    this.#fields = fields;
    Object.assign(this, this.#fields);
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}
