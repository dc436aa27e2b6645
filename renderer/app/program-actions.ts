/** The Program menu: verify, attach, detach. */
import { attachActive } from "../attach/attach-program.ts";
import { askToDetachAll, detachOnExitOrNot } from "../attach/detach-all.ts";
import { detachChosen } from "../attach/detach-program.ts";
import { languageOf } from "../editor/language-of.ts";
import { isWaiting } from "../guard/guard-views.ts";
import { confirmGuard, rollBackGuard, settleByKey } from "../guard/hear-guards.ts";
import { runPacketTests } from "../packets/run-packet-tests.ts";
import { showDialog } from "../session/dialog.ts";
import { isStoppable, stopLastWork } from "../session/work.ts";
import { changeSetting } from "../settings/apply-settings.ts";
import { askOrNot } from "../reload/ask-or-not.ts";
import { unlock } from "../session/unlock.ts";
import type { SessionState } from "../session/state.ts";
import { verifySource } from "../verify/verify-source.ts";
import { type Action, hasPlace, hasSource, withActive } from "./action.ts";

const hasDeadline = ({ guards }: SessionState): boolean => guards.some(isWaiting);

export const programActions: readonly Action[] = [
  {
    id: "stop",
    menu: "Program",
    title: "Cancel what is running",
    keys: "Ctrl+Alt+C",
    run: (app) => void stopLastWork(app),
    enabled: ({ works }) => works.some(isStoppable),
  },
  {
    id: "verify-while-typing",
    menu: "Program",
    title: "Verify while typing, or not",
    keys: null,
    run: (app) => changeSetting(app, { verifyWhileTyping: !app.store.get().verifyWhileTyping }),
  },
  {
    id: "verify",
    menu: "Program",
    title: "Verify without saving",
    keys: "Alt+V",
    run: (app) => withActive(app, (path) => verifySource(app, path)),
    enabled: hasSource,
  },
  {
    id: "run-packet-tests",
    menu: "Program",
    title: "Run packet tests",
    keys: "Alt+T",
    run: (app) => void runPacketTests(app),
    enabled: hasSource,
  },
  {
    id: "attach",
    menu: "Program",
    title: "Attach",
    keys: "Ctrl+Shift+A",
    run: (app) => void attachActive(app),
    apart: true,
  },
  {
    id: "load-options",
    menu: "Program",
    title: "Load options…",
    keys: "Alt+L",
    run: (app) => withActive(app, async (path) => showDialog(app, { kind: "load", path })),
    enabled: ({ active }) => active !== null && languageOf(active) === "c",
  },
  {
    id: "ask-what-to-keep",
    menu: "Program",
    title: "Ask what maps keep, or not",
    keys: null,
    run: askOrNot,
  },
  {
    id: "detach",
    menu: "Program",
    title: "Detach",
    keys: "Ctrl+Shift+D",
    run: (app) => void detachChosen(app),
    enabled: hasPlace,
  },
  {
    id: "detach-all",
    menu: "Program",
    title: "Detach everything of ours…",
    keys: null,
    run: (app) => void askToDetachAll(app),
  },
  {
    id: "detach-on-exit",
    menu: "Program",
    title: "Detach on exit, or not",
    keys: null,
    run: detachOnExitOrNot,
  },
  {
    id: "before-attaching",
    menu: "Program",
    title: "What is in the way of attaching",
    keys: "Alt+P",
    run: () => document.querySelector<HTMLElement>(".preflight-chip")?.click(),
    enabled: hasPlace,
    apart: true,
  },
  {
    id: "keep-attached",
    menu: "Program",
    title: "Keep what was attached with a deadline",
    keys: "Alt+K",
    run: (app) => settleByKey(app, confirmGuard),
    enabled: hasDeadline,
  },
  {
    id: "roll-back",
    menu: "Program",
    title: "Roll back what was attached with a deadline",
    keys: "Alt+B",
    run: (app) => settleByKey(app, rollBackGuard),
    enabled: hasDeadline,
  },
  {
    id: "choose-interface",
    menu: "Program",
    title: "Choose the interface",
    keys: "Alt+I",
    run: () => document.querySelector<HTMLElement>(".interface-pick button")?.focus(),
    apart: true,
  },
  {
    id: "unlock",
    menu: "Program",
    title: "Start the helper with privilege",
    keys: null,
    run: (app) => void unlock(app, "verify, attach and read maps"),
    enabled: ({ helper }) => helper?.state === "locked" || helper?.state === "gone",
    apart: true,
  },
];
