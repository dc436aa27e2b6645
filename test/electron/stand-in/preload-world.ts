/**
 * What surrounds a sandboxed preload script: an isolated world of the page, in which `require` knows Electron's renderer
 * part and nothing else (https://www.electronjs.org/docs/latest/tutorial/sandbox). The page's own scripts see none of it.
 */
export const worldName = "electron preload";
export const bindingName = "electronToMain";

/** the name in the isolated world under which the main side reaches in */
export const reach = "electronFromMain";

export interface FromPage {
  readonly port: number;
  /** null: the page closed it */
  readonly data: string | null;
}

export function preloadSource(script: string): string {
  return `(${surround.toString()})(${JSON.stringify(bindingName)}, ${JSON.stringify(reach)}, function (require, module, exports) {${script}\n});`;
}

/** Runs in the page: uses nothing from outside of itself. */
function surround(
  binding: string,
  reachName: string,
  preload: (require: (name: string) => unknown, module: { exports: unknown }, exports: unknown) => void,
): void {
  // Electron runs preload scripts in the main frame only, unless told otherwise.
  if (window !== window.top) return;
  type Handler = (event: object, ...values: unknown[]) => void;
  const world = globalThis as unknown as Record<string, (text: string) => void> & Record<string, unknown>;
  const toMain = world[binding] as (text: string) => void;
  const handlers = new Map<string, { readonly handler: Handler; readonly once: boolean }[]>();
  const ports = new Map<number, MessagePort>();
  const strictly = (name: string, has: object): object =>
    new Proxy(has, {
      get(target, property, receiver) {
        if (typeof property === "string" && !(property in target)) {
          throw new Error(`the stand-in for Electron has no ${name}.${property} in a preload script`);
        }
        return Reflect.get(target, property, receiver) as unknown;
      },
    });
  const add = (channel: string, handler: Handler, once: boolean): void => {
    handlers.set(channel, [...(handlers.get(channel) ?? []), { handler, once }]);
  };
  const ipcRenderer = strictly("ipcRenderer", {
    on: (channel: string, handler: Handler) => add(channel, handler, false),
    once: (channel: string, handler: Handler) => add(channel, handler, true),
  });
  Object.defineProperty(world, reachName, {
    value: {
      deliver(channel: string, message: unknown, ids: readonly number[]) {
        const given = ids.map((id) => {
          const { port1, port2 } = new MessageChannel();
          ports.set(id, port1);
          port1.addEventListener("message", ({ data }: MessageEvent<string>) => {
            toMain(JSON.stringify({ port: id, data }));
          });
          port1.addEventListener("close", () => toMain(JSON.stringify({ port: id, data: null })));
          port1.start();
          return port2;
        });
        const found = handlers.get(channel) ?? [];
        handlers.set(
          channel,
          found.filter(({ once }) => !once),
        );
        for (const { handler } of found) handler({ ports: given, sender: ipcRenderer }, message);
      },
      post: (id: number, text: string) => ports.get(id)?.postMessage(text),
      close: (id: number) => ports.get(id)?.close(),
    },
  });
  const electron = strictly("electron", { ipcRenderer });
  const module = { exports: {} };
  preload(
    (name) => {
      if (name !== "electron") throw new Error(`a sandboxed preload script cannot require ${name}`);
      return electron;
    },
    module,
    module.exports,
  );
}
