import { useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import type { RowsFace } from "../../protocol/rows.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { sentence } from "./map-deeds.ts";

/** A map whose entries nobody can list: why, and what of it can be seen. */
export function UnlistedPanel({ face }: { readonly face: RowsFace }): React.ReactNode {
  const { map, unlisted } = face;
  const kind = map.type.replaceAll("_", " ");
  return (
    <div className="unlisted">
      <p>
        <b>{map.name}</b> is of type {kind}: {unlisted}.
      </p>
      <WhereToLook type={map.type} id={map.id} />
      {(map.type === "queue" || map.type === "stack") && <NextElement face={face} />}
      {map.type === "bloom_filter" && <AskFilter face={face} />}
    </div>
  );
}

/** Events go to who reads them: looking at them here would take them away. */
function WhereToLook({ type, id }: { readonly type: string; readonly id: number }): React.ReactNode {
  const readers = useSession(({ overview }) => overview?.find((map) => map.id === id)?.processes) ?? [];
  if (type === "struct_ops") {
    return (
      <p className="mid">
        In a terminal, <code>bpftool struct_ops dump</code>
      </p>
    );
  }
  if (type !== "ringbuf" && type !== "perf_event_array") return null;
  return (
    <p className="mid">
      These are events.{" "}
      {readers.length === 0
        ? "No process that could be found has the map open to read them."
        : `${readers.map(({ pid, name }) => `${name} (${pid})`).join(", ")} ${readers.length === 1 ? "has" : "have"} it open to read them.`}
      {type === "perf_event_array" && (
        <>
          {" "}
          To read them in a terminal: <code>bpftool map event_pipe id {id}</code>
        </>
      )}
    </p>
  );
}

function NextElement({ face }: { readonly face: RowsFace }): React.ReactNode {
  const app = useApp();
  const [seen, setSeen] = useState<{ readonly text: string; readonly how: "peek" | "pop" } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { id, type } = face.map;
  const values = face.columns.filter(({ from }) => from === "value");
  const look = async (take: boolean): Promise<void> => {
    try {
      const { cells } = await app.request("maps.next", { id, take });
      const text = cells === null ? "empty" : values.map(({ path }, at) => `${path} ${cells[at] ?? ""}`).join(", ");
      setSeen({ text, how: take && cells !== null ? "pop" : "peek" });
      setFailed(null);
    } catch (error) {
      setFailed(sentence(error));
    }
  };
  return (
    <>
      <div className="unlisted-row">
        <Button className="button" onPress={() => void look(false)}>
          Peek at the next
        </Button>
        <Button className="button danger" onPress={() => void look(true)}>
          Pop the next: it is gone from the {type} then
        </Button>
      </div>
      <p role="status" aria-label="Next element">
        {seen !== null && (
          <>
            {seen.text === "empty" ? "The " : seen.how === "pop" ? "Popped: " : "Next: "}
            <span className="mono">{seen.text === "empty" ? `${type} is empty` : seen.text}</span>
          </>
        )}
      </p>
      {failed !== null && (
        <p className="bad-text" role="alert">
          {failed}
        </p>
      )}
    </>
  );
}

function AskFilter({ face }: { readonly face: RowsFace }): React.ReactNode {
  const app = useApp();
  const values = face.columns.filter(({ from }) => from === "value");
  const [cells, setCells] = useState<readonly string[]>(() => values.map(() => ""));
  const [answer, setAnswer] = useState<{ readonly text: string; readonly bad: boolean } | null>(null);
  const ask = async (): Promise<void> => {
    try {
      const { there } = await app.request("maps.contains", { id: face.map.id, cells: [...cells] });
      const text = there
        ? `It may have been put into ${face.map.name}; a bloom filter is never sure of that.`
        : `It was never put into ${face.map.name}: that is certain.`;
      setAnswer({ text, bad: false });
    } catch (error) {
      setAnswer({ text: sentence(error), bad: true });
    }
  };
  return (
    <form
      className="unlisted-row"
      aria-label="Membership test"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      {values.map(({ path, type, hint }, index) => (
        <TextField
          key={path}
          className="field"
          value={cells[index] ?? ""}
          onChange={(text) => setCells(cells.map((old, at) => (at === index ? text : old)))}
        >
          <Label>
            {path} <span className="dim">{type}</span>
          </Label>
          <Input className="input mono" title={hint} autoComplete="off" spellCheck={false} />
        </TextField>
      ))}
      <Button className="button go" type="submit">
        Is it there?
      </Button>
      {answer !== null && (
        <p className={answer.bad ? "whole bad-text" : "whole"} role={answer.bad ? "alert" : "status"}>
          {answer.text}
        </p>
      )}
    </form>
  );
}
