/** How a window or a run is told of something, in the contract's notifications. */
import type * as z from "zod";
import type { workbenchNotifications } from "../protocol/contracts.ts";

type Notifications = typeof workbenchNotifications;
export type Notify = <N extends keyof Notifications>(notification: N, params: z.infer<Notifications[N]>) => void;
