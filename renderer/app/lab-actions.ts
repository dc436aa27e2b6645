/** The Lab menu. */
import { makeLab, removeLab } from "../lab/make-lab.ts";
import type { Action } from "./action.ts";
import { showPanel } from "./show-panel.ts";

export const labActions: readonly Action[] = [
  {
    id: "lab-up",
    menu: "Lab",
    title: "Make the lab",
    keys: "Ctrl+Shift+L",
    run: (app) => void makeLab(app),
    enabled: ({ lab, labWork }) => lab?.state !== "up" && labWork === null,
  },
  {
    id: "lab-down",
    menu: "Lab",
    title: "Remove the lab",
    keys: null,
    run: (app) => void removeLab(app),
    enabled: ({ lab, labWork }) => lab !== null && lab.state !== "down" && labWork === null,
  },
  {
    id: "send",
    menu: "Lab",
    title: "Send test traffic…",
    keys: "Ctrl+Shift+E",
    run: (app) => showPanel(app, "traffic", "Traffic"),
    apart: true,
  },
];
