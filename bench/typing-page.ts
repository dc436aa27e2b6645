/** What runs in the page itself while keys and markers are timed. Put there as text: it can use nothing of around it. */

export interface Timed {
  /** ms, a key each */
  readonly shown: number[];
  readonly lost: number;
  /** ms, of the browser's own event timing; those under its least of 16 are told as 16 */
  readonly presented: number[];
  readonly slowest: readonly { readonly key: string; readonly milliseconds: number; readonly at: number }[];
}

export interface Watched {
  readonly xdpwBench: {
    watch(on: boolean): void;
    keys(): Timed;
    markers(): { readonly frames: number; readonly milliseconds: number }[];
  };
}

export function inPage(): void {
  /** keys that were pressed, with whether the lines were drawn anew since */
  interface Key {
    readonly key: string;
    readonly at: number;
    drawn: boolean;
    done: boolean;
  }
  let watching = false;
  const keys: Key[] = [];
  const times: { readonly key: string; readonly milliseconds: number; readonly at: number }[] = [];
  const presented: number[] = [];
  let frame = 0;
  /** in the callbacks of a frame, or in what they left to be done at their end */
  let inFrame = false;
  let arrived: { readonly frame: number; readonly at: number } | null = null;
  const markers: { frames: number; milliseconds: number }[] = [];

  const request = requestAnimationFrame;
  globalThis.requestAnimationFrame = (run) =>
    request((time) => {
      inFrame = true;
      try {
        run(time);
      } finally {
        queueMicrotask(() => {
          inFrame = false;
        });
      }
    });

  /** Runs when the frame that is being made is painted: tasks wait for that. */
  const afterPaint = (run: () => void): void => {
    // oxlint-disable-next-line no-restricted-globals -- a task to wait for, no pipe
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      run();
    };
    port2.postMessage(null);
  };

  const look = (key: Key, tries: number): void => {
    requestAnimationFrame(() =>
      afterPaint(() => {
        if (key.drawn) {
          key.done = true;
          times.push({ key: key.key, milliseconds: performance.now() - key.at, at: key.at });
        } else if (tries > 0) look(key, tries - 1);
      }),
    );
  };
  addEventListener(
    "keydown",
    (event) => {
      if (!watching || event.ctrlKey || event.metaKey) return;
      const key: Key = { key: event.key, at: event.timeStamp, drawn: false, done: false };
      keys.push(key);
      look(key, 60);
    },
    true,
  );
  const drawn = new MutationObserver((changes) => {
    const isLine = changes.some(({ target }) => {
      const element = target instanceof Element ? target : target.parentElement;
      return (element?.closest(".view-lines") ?? null) !== null;
    });
    if (isLine) for (const key of keys) key.drawn = true;
    const marked = arrived;
    if (marked === null || document.querySelector(".squiggly-error") === null) return;
    arrived = null;
    // what is drawn in a frame's callbacks is painted with it, and what is drawn between two with the next
    const painted = inFrame ? frame : frame + 1;
    const done = (): void =>
      void markers.push({ frames: painted - marked.frame, milliseconds: performance.now() - marked.at });
    if (inFrame) afterPaint(done);
    else requestAnimationFrame(() => afterPaint(done));
  });
  const count = (): void => {
    frame += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  addEventListener("DOMContentLoaded", () =>
    drawn.observe(document.documentElement, { subtree: true, childList: true, characterData: true }),
  );
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (watching && entry.name === "keydown") presented.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);

  // oxlint-disable-next-line no-restricted-globals -- heard along, to know when an answer came
  const Plain = WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      this.addEventListener("message", ({ data }) => {
        if (typeof data !== "string" || !data.includes('"rejection":{')) return;
        if (document.querySelector(".squiggly-error") === null) arrived = { frame, at: performance.now() };
      });
    }
  };

  (globalThis as unknown as { xdpwBench: unknown }).xdpwBench = {
    watch: (on: boolean) => {
      watching = on;
    },
    keys: () => ({
      shown: times.map(({ milliseconds }) => milliseconds),
      lost: keys.filter(({ done }) => !done).length,
      presented: [...presented, ...Array.from({ length: Math.max(0, keys.length - presented.length) }, () => 16)],
      slowest: times.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, 12),
    }),
    markers: () => markers,
  };
}
