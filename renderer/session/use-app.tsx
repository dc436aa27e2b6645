import { createContext, useContext, useSyncExternalStore } from "react";
import type { App } from "./app.ts";
import type { SessionState } from "./state.ts";

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("no App above this component");
  return app;
}

/** One part of the state. `select` only picks: what it returns must be the same object for the same state. */
export function useSession<T>(select: (state: SessionState) => T): T {
  const { store } = useApp();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
