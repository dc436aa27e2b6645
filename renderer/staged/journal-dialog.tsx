import { useEffect, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { JournalEntry, Survey } from "../../protocol/changes.ts";
import { closeDialog } from "../session/dialog.ts";
import { notifyFailure } from "../session/notices.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { go } from "./apply-staged.ts";
import { countWords } from "./staged-map.ts";

/** What was applied to a map, or to any, since this boot; and what was interrupted. */
export function JournalDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const shown = dialog?.kind === "journal" ? dialog : null;
  return (
    <ModalOverlay
      className="shade"
      isOpen={shown !== null}
      isDismissable
      onOpenChange={(open) => {
        if (!open) closeDialog(app);
      }}
    >
      <Modal className="modal wide">
        {shown !== null && (
          <Dialog className="dialog">
            <Heading slot="title" level={2}>
              {shown.name === null ? "Changes of maps" : `Changes of ${shown.name}`}
            </Heading>
            <Journal id={shown.id} />
            <div className="dialog-buttons">
              <Button className="button" autoFocus onPress={() => closeDialog(app)}>
                Close
              </Button>
            </div>
          </Dialog>
        )}
      </Modal>
    </ModalOverlay>
  );
}

function Journal({ id }: { readonly id: number | null }): React.ReactNode {
  const app = useApp();
  const [entries, setEntries] = useState<readonly JournalEntry[] | null>(null);
  const [survey, setSurvey] = useState<{ readonly journal: string; readonly found: Survey } | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let left = false;
    const take = (found: readonly JournalEntry[]): void => {
      if (!left) setEntries(found);
    };
    app
      .request("maps.journals", { id })
      .then(({ journals }) => take(journals))
      .catch((error: unknown) => {
        notifyFailure(app, "read what was applied to maps", error);
        take([]);
      });
    return () => {
      left = true;
    };
  }, [app, id, asked]);

  const run = async (entry: JournalEntry, way: "maps.undo" | "maps.redo"): Promise<void> => {
    await go(app, entry.map, entry, way);
    setSurvey(null);
    setAsked((count) => count + 1);
  };
  const look = async ({ journal }: JournalEntry): Promise<void> => {
    try {
      setSurvey({ journal, found: await app.request("maps.survey", { journal }) });
    } catch (error) {
      notifyFailure(app, "look which rows are in", error);
    }
  };
  const leave = async ({ journal }: JournalEntry): Promise<void> => {
    try {
      await app.request("maps.forget", { journal });
      setAsked((count) => count + 1);
    } catch (error) {
      notifyFailure(app, "leave the rows as they are", error);
    }
  };
  if (entries === null) return <p className="mid">Reading…</p>;
  if (entries.length === 0) return <p className="mid">Nothing was applied since this boot.</p>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="staged-list" tabIndex={0} role="region" aria-label="Changes since this boot">
      <table className="staged-table">
        <thead>
          <tr>
            <th scope="col">when</th>
            {id === null && <th scope="col">map</th>}
            <th scope="col">what</th>
            <th scope="col">state</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.journal}>
              <td className="number">{new Date(entry.at * 1000).toLocaleTimeString()}</td>
              {id === null && (
                <th scope="row" className="mono">
                  {entry.map.name}
                </th>
              )}
              <td className="journal-what">
                {entry.title}
                <RowsWords entry={entry} />
                {survey?.journal === entry.journal && <WhichRows found={survey.found} />}
              </td>
              <td>
                <span className={entry.state === "interrupted" ? "tag warn" : "tag"}>{entry.state}</span>
              </td>
              <td className="staged-choices journal-choices">
                {entry.state !== "running" && (
                  <Button className="button small" onPress={() => void look(entry)}>
                    Which rows are in?
                  </Button>
                )}
                {(entry.state === "applied" || entry.state === "interrupted") && (
                  <Button className="button small" onPress={() => void run(entry, "maps.undo")}>
                    {entry.state === "interrupted" ? "Take back" : "Undo"}
                  </Button>
                )}
                {(entry.state === "undone" || entry.state === "interrupted") && (
                  <Button className="button small" onPress={() => void run(entry, "maps.redo")}>
                    {entry.state === "interrupted" ? "Finish" : "Redo"}
                  </Button>
                )}
                {entry.state === "interrupted" && (
                  <Button className="button small" onPress={() => void leave(entry)}>
                    Leave as is
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const keysShown = 100;

/** How many of its rows are in the map right now, and which. */
function WhichRows({ found: { after, before, other, keys } }: { readonly found: Survey }): React.ReactNode {
  const lists = [
    ["in", after, keys.after],
    ["not in", before, keys.before],
    ["changed by somebody else", other, keys.other],
  ] as const;
  const some = lists.filter(([, count]) => count > 0);
  return (
    <div className="journal-rows">
      <b>
        {after.toLocaleString("en")} of {(after + before + other).toLocaleString("en")} rows are in
      </b>
      {(some.length > 1 ? some : []).map(([words, count, list]) => (
        <p key={words}>
          {words}: <span className="mono">{list.slice(0, keysShown).join(", ")}</span>
          {count > keysShown && ` and ${(count - keysShown).toLocaleString("en")} more`}
        </p>
      ))}
    </div>
  );
}

/** What a title does not say itself. */
function RowsWords({ entry: { title, added, replaced, removed } }: { readonly entry: JournalEntry }): React.ReactNode {
  const words = countWords({ added, changed: replaced, removed });
  return words === title ? null : <span className="mid">: {words}</span>;
}
