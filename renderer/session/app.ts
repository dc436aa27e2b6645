/** What every verb of the window is given: the state, the way to main, and the panels. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Params, Result } from "../../protocol/contract.ts";
import type { workbench } from "../../protocol/contracts.ts";
import type { Panels } from "../app/panels.ts";
import type { SessionState } from "./state.ts";
import type { Store } from "./store.ts";

type Methods = typeof workbench;
export type Request = <M extends keyof Methods>(
  method: M,
  params: Params<Methods[M]>,
  token?: CancellationToken,
) => Promise<Result<Methods[M]>>;

export interface App {
  readonly store: Store<SessionState>;
  /** throws Failed for every expected failure */
  readonly request: Request;
  readonly panels: Panels;
}
