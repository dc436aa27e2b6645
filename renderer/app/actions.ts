/** Everything that can be done from the menus, with its keys: the menus, the shortcuts and the help page read this list. */
import type { Action } from "./action.ts";
import { editActions } from "./edit-actions.ts";
import { fileActions } from "./file-actions.ts";
import { labActions } from "./lab-actions.ts";
import { mapActions } from "./map-actions.ts";
import { programActions } from "./program-actions.ts";
import { viewActions } from "./view-actions.ts";

export const actions: readonly Action[] = [
  ...fileActions,
  ...editActions,
  ...viewActions,
  ...programActions,
  ...mapActions,
  ...labActions,
  {
    id: "shortcuts",
    menu: "Help",
    title: "Keyboard shortcuts",
    keys: "F1",
    run: (app) => app.panels.show({ id: "shortcuts", where: "editors", name: "Keyboard shortcuts" }),
  },
];
