/**
 * Keeps one clangd running for a session: started when it is first needed, started again when it dies (a little later
 * each time, at most five times in three minutes), and every change of its state told.
 */
import type { LanguageState } from "../../protocol/language.ts";
import type { Clangd } from "./start-clangd.ts";

export interface KeeperOptions {
  /** absolute, or null where it is not installed */
  readonly find: () => string | null;
  readonly start: (file: string, ended: (how: string) => void) => Promise<Clangd>;
  /** a fresh one: everything that is open has to be told to it */
  readonly greeted: (clangd: Clangd) => void;
  readonly changed: (state: LanguageState) => void;
  /** ms until the first restart; doubled each time */
  readonly delay?: number;
}

export interface Keeper {
  /** waits while it starts; null where it is missing or gave up */
  get(): Promise<Clangd | null>;
  /** the one that runs, without waiting */
  current(): Clangd | null;
  state(): LanguageState;
  /** asked for by the user, or because it has to see another folder: no death is counted */
  renew(): void;
  close(): void;
}

const deathsAllowed = 5;
const deathsWithin = 180_000;

export function keepClangd(options: KeeperOptions): Keeper {
  let running: Clangd | null = null;
  let starting: Promise<Clangd | null> | null = null;
  let closed = false;
  /** grows with every start: what an earlier one still says does not count */
  let generation = 0;
  let deaths: number[] = [];
  let state: LanguageState = { state: "off", version: "", note: "", pid: null };

  const set = (change: Partial<LanguageState>): void => {
    state = { ...state, ...change };
    if (!closed) options.changed(state);
  };

  const start = async (note: string): Promise<Clangd | null> => {
    const mine = ++generation;
    const file = options.find();
    if (file === null) {
      set({
        state: "missing",
        pid: null,
        note: "clangd is not installed: install the package clangd (Fedora: clang-tools-extra; Arch, openSUSE: clang) for completion and findings while you type",
      });
      return null;
    }
    try {
      const clangd = await options.start(file, (how) => {
        if (mine === generation) died(how);
      });
      if (mine !== generation || closed) {
        clangd.close();
        return closed ? null : (starting ?? running);
      }
      running = clangd;
      options.greeted(clangd);
      set({ state: "ready", version: clangd.version, pid: clangd.pid, note });
      return clangd;
    } catch (error) {
      if (mine !== generation || closed) return null;
      return again(error instanceof Error ? error.message : String(error));
    }
  };

  const died = (how: string): void => {
    running = null;
    starting = again(`clangd ended unexpectedly (${how})`);
  };

  const again = async (why: string): Promise<Clangd | null> => {
    running = null;
    const now = Date.now();
    deaths = [...deaths.filter((at) => now - at < deathsWithin), now];
    if (deaths.length > deathsAllowed) {
      set({
        state: "failed",
        pid: null,
        note: `${why}, for the ${deaths.length}th time in three minutes: it is left alone. Editing and building go on; start it again from the status bar`,
      });
      return null;
    }
    set({ state: "restarting", pid: null, note: `${why} and is started again` });
    const mine = generation;
    await new Promise((resolve) => setTimeout(resolve, (options.delay ?? 200) * 2 ** (deaths.length - 1)));
    if (closed || mine !== generation) return starting === null ? running : null;
    return start(`${why} and was started again`);
  };

  return {
    get() {
      if (closed) return Promise.resolve(null);
      if (running !== null) return Promise.resolve(running);
      if (state.state === "missing" || state.state === "failed") return Promise.resolve(null);
      if (starting === null) {
        set({ state: "starting" });
        starting = start("");
      }
      return starting;
    },
    current: () => running,
    state: () => state,
    renew() {
      if (closed) return;
      const old = running;
      const planned = state.state === "ready" || state.state === "starting";
      running = null;
      if (!planned) {
        deaths = [];
        set({ state: "starting", note: "", pid: null });
      }
      starting = start("");
      old?.close();
    },
    close() {
      closed = true;
      generation++;
      running?.close();
      running = null;
    },
  };
}
