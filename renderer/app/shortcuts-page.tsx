import { Button } from "react-aria-components";
import { useApp, useSession } from "../session/use-app.tsx";
import { editSettings } from "../settings/apply-settings.ts";
import { boundKeys } from "../settings/keys-of.ts";
import { menuNames } from "./action.ts";
import { actions } from "./actions.ts";

const others: readonly { readonly what: string; readonly keys: string }[] = [
  { what: "Let Tab leave the editor, or type tabs again", keys: "Ctrl+M" },
  { what: "Show or hide an entry's values of each CPU", keys: "Space" },
  { what: "Menus, lists, tabs and table cells", keys: "arrow keys" },
  { what: "Close the tab in a tab strip", keys: "Delete" },
  { what: "Move the line between two panels", keys: "arrow keys" },
];

const tables: typeof others = [
  { what: "Edit the cell, or type over it", keys: "Enter, F2 or any letter" },
  { what: "Stage the edit and go on: down, up", keys: "Enter, Shift+Enter" },
  { what: "Stage the edit and go on: right, left", keys: "Tab, Shift+Tab" },
  { what: "Leave the cell as it was", keys: "Escape" },
  { what: "Select a block", keys: "Shift+arrow keys" },
  { what: "Copy the block, paste rows", keys: "Ctrl+C, Ctrl+V" },
  { what: "Fill down", keys: "Ctrl+D" },
  { what: "Stage the removal of the rows", keys: "Delete" },
  { what: "Write what is staged to the map", keys: "Ctrl+Enter" },
  { what: "Take back: what is staged, then what was applied", keys: "Ctrl+Z" },
  { what: "Do that again", keys: "Ctrl+Y or Ctrl+Shift+Z" },
];

export function ShortcutsPage(): React.ReactNode {
  const app = useApp();
  const keys = useSession(({ settings }) => boundKeys(settings));
  return (
    <div className="page" tabIndex={0} role="region" aria-label="Keyboard shortcuts">
      <p className="mid">
        Each can be set to other keys in settings.json, by the name that stands below it; Ctrl+Shift+P finds all
        actions.{" "}
        <Button className="link-button" onPress={() => void editSettings(app)}>
          Open settings.json
        </Button>
      </p>
      <div className="cards">
        {menuNames.map((menu) => {
          const bound = actions.filter((action) => action.menu === menu && keys.get(action.id) !== null);
          return (
            bound.length > 0 && (
              <section key={menu} className="card">
                <h2>{menu}</h2>
                <Keys of={bound.map(({ id, title }) => ({ what: title, keys: keys.get(id) ?? "", id }))} />
              </section>
            )
          );
        })}
        <section className="card">
          <h2>Tables of maps</h2>
          <Keys of={tables} />
        </section>
        <section className="card">
          <h2>Elsewhere</h2>
          <Keys of={others} />
        </section>
      </div>
    </div>
  );
}

interface Line {
  readonly what: string;
  readonly keys: string;
  /** of an action, as settings.json names it */
  readonly id?: string;
}

function Keys({ of }: { readonly of: readonly Line[] }): React.ReactNode {
  return (
    <dl className="pairs keys">
      {of.map(({ what, keys, id }) => (
        <div key={what}>
          <dt>
            {what}
            {id !== undefined && <code className="dim action-id">{id}</code>}
          </dt>
          <dd>
            <kbd>{keys}</kbd>
          </dd>
        </div>
      ))}
    </dl>
  );
}
