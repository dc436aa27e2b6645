import { ListBox, ListBoxItem } from "react-aria-components";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { languageOf } from "../editor/language-of.ts";
import { activeSource, baseName } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { findingsOf } from "./findings.ts";
import { isHeader } from "./verify-includers.ts";

const icons = { error: "codicon-error", warning: "codicon-warning", note: "codicon-info" };

/** The findings of the last build and verification of the active source. */
export function ProblemsPanel(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  if (source === null)
    return <p className="empty">Problems of the source that you edit appear here. Open a template or a file.</p>;
  const found = findingsOf(source.check);
  if (found.length === 0) {
    const text =
      source.check === null
        ? isHeader(source.path)
          ? `${baseName(source.path)} is a header: Ctrl+S saves it and verifies the open sources that include it.`
          : languageOf(source.path) === "c"
            ? `${baseName(source.path)} was not verified yet: Ctrl+S saves it and asks the kernel.`
            : `${baseName(source.path)} is no program: there is nothing to verify in it.`
        : `No problems in ${baseName(source.path)}${source.editedSince ? " when it was verified; it was edited since" : ""}.`;
    return <p className="empty">{text}</p>;
  }
  const go = ({ file, line, column }: Diagnostic): void => {
    if (line > 0 && file.startsWith("/")) void revealSource(app, file, { line, column: Math.max(1, column) });
  };
  return (
    <ListBox
      className="problems"
      aria-label="Problems"
      onAction={(key) => {
        const one = found[Number(key)];
        if (one !== undefined) go(one);
      }}
    >
      {found.map((one, index) => (
        // findings have no name of their own: their place in the list is it
        <ListBoxItem key={index} id={String(index)} className="problem" textValue={`${one.title}: ${one.message}`}>
          <span className={`codicon ${icons[one.severity]} ${one.severity}`} role="img" aria-label={one.severity} />
          <span className="grow">
            <span className="message">{one.message}</span>
            {one.telling !== "" && <span className="mono dim telling-words">{one.telling}</span>}
          </span>
          <span className={one.severity === "error" ? "tag bad" : "tag"}>{one.title}</span>
          <span className="dim number where">
            {baseName(one.file)}
            {one.line > 0 && `:${one.line}`}
            {one.column > 0 && `:${one.column}`}
          </span>
        </ListBoxItem>
      ))}
    </ListBox>
  );
}
