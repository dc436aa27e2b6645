/** What was built of the active source, and what the kernel made of it. */
import { codeViews, showCode } from "../code/code-views.ts";
import { goToOtherSide } from "../code/other-side.ts";
import { type Action, hasSource } from "./action.ts";

const keys: Readonly<Record<(typeof codeViews)[number]["view"], string>> = {
  llvm: "Alt+7",
  assembly: "Alt+8",
  xlated: "Alt+9",
  jited: "Alt+0",
  object: "Alt+Shift+O",
};

export const codeActions: readonly Action[] = [
  ...codeViews.map(
    ({ view, action }, index): Action => ({
      ...{ id: `code-${view}`, menu: "View", title: action, keys: keys[view], apart: index === 0 },
      run: (app) => showCode(app, view),
    }),
  ),
  {
    id: "other-side",
    menu: "View",
    title: "From C to its code, and back",
    keys: "Alt+F12",
    run: goToOtherSide,
    enabled: hasSource,
  },
];
