import { ListBox, ListBoxItem } from "react-aria-components";
import { PathField } from "./path-field.tsx";
import type { Browsing } from "./use-browsing.ts";
import { joinPath, parentOf } from "./workspace-view.ts";

interface FilePickerProps {
  readonly browsing: Browsing;
  /** a file of the list was chosen */
  readonly choose: (path: string) => void;
  /** nothing else can be chosen */
  readonly sourcesAndObjects?: boolean;
}

const marks = {
  directory: "codicon-folder",
  source: "codicon-file-code",
  object: "codicon-file-binary",
  other: "codicon-file",
};

/** A path to type, and the folder that is looked into to choose from. */
export function FilePicker({ browsing, choose, sourcesAndObjects = false }: FilePickerProps): React.ReactNode {
  const { folder, entries, look } = browsing;
  const kinds = new Map(entries.map(({ name, kind }) => [name, kind]));
  return (
    <>
      <PathField browsing={browsing} />
      <ListBox
        aria-label={`Files in ${folder}`}
        className={sourcesAndObjects ? "files" : "files short"}
        onAction={(key) => {
          const name = String(key);
          if (name === "..") look(parentOf(folder));
          else if (kinds.get(name) === "directory") look(joinPath(folder, name));
          else choose(joinPath(folder, name));
        }}
        renderEmptyState={() => <p className="empty-line">Nothing is in this folder.</p>}
      >
        {[...(folder === "/" ? [] : [{ name: "..", kind: "directory" as const }]), ...entries].map(({ name, kind }) => (
          <ListBoxItem
            key={name}
            id={name}
            className="line"
            textValue={name}
            isDisabled={sourcesAndObjects && kind === "other"}
          >
            <span
              className={`codicon ${marks[sourcesAndObjects || kind === "directory" ? kind : "other"]}`}
              aria-hidden="true"
            />
            <span className="grow cut">
              {name}
              {kind === "directory" && "/"}
            </span>
          </ListBoxItem>
        ))}
      </ListBox>
    </>
  );
}
