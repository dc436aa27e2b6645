/** The Edit menu: what the editor does, with its own keys. */
import { runInEditor } from "../editor/focused-editor.ts";
import { type Action, hasText } from "./action.ts";

const inTheEditor: readonly Action[] = (
  [
    ["complete", "Complete", "Ctrl+Space", "editor.action.triggerSuggest"],
    ["fix", "Fix or rewrite…", "Ctrl+.", "editor.action.quickFix"],
    ["rename", "Rename…", "F2", "editor.action.rename"],
    ["format", "Format", "Shift+Alt+F", "editor.action.formatDocument"],
    ["definition", "Go to definition", "F12", "editor.action.revealDefinition"],
    ["references", "Find uses", "Shift+F12", "editor.action.goToReferences"],
    ["symbol", "Go to symbol…", "Ctrl+Shift+O", "editor.action.quickOutline"],
  ] as const
).map(([id, title, keys, command], index) => ({
  ...{ id, menu: "Edit", title, keys, apart: index === 0 },
  run: () => runInEditor(command),
  enabled: hasText,
}));

export const editActions: readonly Action[] = [
  { id: "undo", menu: "Edit", title: "Undo", keys: "Ctrl+Z", run: () => runInEditor("undo"), enabled: hasText },
  { id: "redo", menu: "Edit", title: "Redo", keys: "Ctrl+Shift+Z", run: () => runInEditor("redo"), enabled: hasText },
  {
    id: "find",
    menu: "Edit",
    title: "Find",
    keys: "Ctrl+F",
    run: () => runInEditor("actions.find"),
    enabled: hasText,
    apart: true,
  },
  {
    id: "replace",
    menu: "Edit",
    title: "Replace",
    keys: "Ctrl+H",
    run: () => runInEditor("editor.action.startFindReplaceAction"),
    enabled: hasText,
  },
  {
    id: "comment",
    menu: "Edit",
    title: "Comment or uncomment lines",
    keys: "Ctrl+/",
    run: () => runInEditor("editor.action.commentLine"),
    enabled: hasText,
  },
  {
    id: "line",
    menu: "Edit",
    title: "Go to line…",
    keys: "Ctrl+G",
    run: () => runInEditor("editor.action.gotoLine"),
    enabled: hasText,
  },
  ...inTheEditor,
  {
    id: "next-problem",
    menu: "Edit",
    title: "Next problem",
    keys: "F8",
    run: () => runInEditor("editor.action.marker.next"),
    enabled: hasText,
  },
];
