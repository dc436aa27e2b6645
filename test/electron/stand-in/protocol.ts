/** Custom schemes. Chromium knows none of ours: http://HOST.localhost stands for SCHEME://HOST, and is as secure. */
import { strict } from "./strict.ts";

export type Handler = (request: Request) => Response | Promise<Response>;

export interface Privileged {
  readonly scheme: string;
  readonly privileges?: { readonly standard?: boolean; readonly secure?: boolean };
}

const privileged = new Map<string, NonNullable<Privileged["privileges"]>>();
const handlers = new Map<string, Handler>();
let isReady = false;

export const protocol = strict("protocol", {
  registerSchemesAsPrivileged(schemes: readonly Privileged[]): void {
    if (isReady) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    for (const { scheme, privileges } of schemes) privileged.set(scheme, privileges ?? {});
  },
  handle(scheme: string, handler: Handler): void {
    if (!isReady) throw new Error("protocol.handle can only be used after app is ready");
    if (handlers.has(scheme)) throw new Error(`the scheme ${scheme} has a handler already`);
    handlers.set(scheme, handler);
  },
});

export function schemesAreFixed(): void {
  isReady = true;
}

/** The address that Chromium is given for one of a custom scheme. */
export function substitute(url: string): string {
  const { protocol: scheme, host, pathname, search, hash } = new URL(url);
  const name = scheme.slice(0, -1);
  const { standard, secure } = privileged.get(name) ?? {};
  // Otherwise its pages have no origin, so neither 'self' nor modules nor storage.
  if (standard !== true || secure !== true)
    throw new Error(`the scheme ${name} is not registered as standard and secure`);
  return `http://${host}.${name}.localhost${pathname}${search}${hash}`;
}

/** What the application answers to a request of the page's; null where the address is none of its own. */
export async function answer(url: string, method: string): Promise<Response | null> {
  const original = restore(url);
  if (original === null) return null;
  const handler = handlers.get(new URL(original).protocol.slice(0, -1));
  return handler === undefined ? null : handler(new Request(original, { method }));
}

/** The address as the application knows it. */
export function restore(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, port, protocol: scheme, pathname, search, hash } = new URL(url);
  const [, host, name] = /^([\w-]+)\.([\w-]+)\.localhost$/.exec(hostname) ?? [];
  if (scheme !== "http:" || port !== "" || name === undefined || !handlers.has(name)) return null;
  return `${name}://${host}${pathname}${search}${hash}`;
}
