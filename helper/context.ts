/** What every handler of one helper process shares. */
import type { GuardList } from "../protocol/guard.ts";
import type { InterfacesChange } from "../protocol/interfaces.ts";
import type { Environment } from "./environment.ts";
import type { Ledger } from "./ledger.ts";
import type { NativeFace } from "./native/face.ts";

export interface HelperContext {
  readonly native: NativeFace;
  readonly ledger: Ledger;
  readonly environment: Environment;
  /** tells main how far long work is */
  readonly progress: (text: string) => void;
  readonly interfacesChanged: (change: InterfacesChange) => void;
  readonly guardsChanged: (list: GuardList) => void;
  /** what went wrong without a caller to tell */
  readonly trouble: (what: string) => void;
}
