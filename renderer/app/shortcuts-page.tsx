import { actions, menuNames } from "./actions.ts";

const others: readonly { readonly what: string; readonly keys: string }[] = [
  { what: "Let Tab leave the editor, or type tabs again", keys: "Ctrl+M" },
  { what: "Edit the cell of a map", keys: "Enter or F2" },
  { what: "Set the edited cell", keys: "Enter" },
  { what: "Leave the cell as it was", keys: "Escape" },
  { what: "Delete the entry of a map", keys: "Delete" },
  { what: "Show or hide an entry's values of each CPU", keys: "Space" },
  { what: "Menus, lists, tabs and table cells", keys: "arrow keys" },
  { what: "Close the tab in a tab strip", keys: "Delete" },
  { what: "Move the line between two panels", keys: "arrow keys" },
];

export function ShortcutsPage(): React.ReactNode {
  return (
    <div className="page" tabIndex={0} role="region" aria-label="Keyboard shortcuts">
      <div className="cards">
        {menuNames.map((menu) => {
          const bound = actions.filter((action) => action.menu === menu && action.keys !== null);
          return (
            bound.length > 0 && (
              <section key={menu} className="card">
                <h2>{menu}</h2>
                <Keys of={bound.map(({ title, keys }) => ({ what: title, keys: keys ?? "" }))} />
              </section>
            )
          );
        })}
        <section className="card">
          <h2>Elsewhere</h2>
          <Keys of={others} />
        </section>
      </div>
    </div>
  );
}

function Keys({ of }: { readonly of: readonly { readonly what: string; readonly keys: string }[] }): React.ReactNode {
  return (
    <dl className="pairs keys">
      {of.map(({ what, keys }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            <kbd>{keys}</kbd>
          </dd>
        </div>
      ))}
    </dl>
  );
}
