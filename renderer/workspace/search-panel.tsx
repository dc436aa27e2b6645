import { useEffect, useRef, useState } from "react";
import {
  Button,
  Header,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  TextField,
  ToggleButton,
} from "react-aria-components";
import { baseName } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { stopLastWork } from "../session/work.ts";
import { searchWorkspace } from "./search-workspace.ts";
import { parentOf, relativeTo } from "./workspace-view.ts";

/** More are counted, and not shown. */
const shownMatches = 1500;

/** What the workspace's files hold: by text, case, word or expression. */
export function SearchPanel(): React.ReactNode {
  const app = useApp();
  const search = useSession((state) => state.search);
  const asked = useSession((state) => state.searchAsked);
  const folder = useSession((state) => state.workspace.now?.folder ?? "/");
  const [text, setText] = useState(search?.params.text ?? "");
  const [matchCase, setMatchCase] = useState(search?.params.matchCase ?? false);
  const [wholeWord, setWholeWord] = useState(search?.params.wholeWord ?? false);
  const [regex, setRegex] = useState(search?.params.regex ?? false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asked === 0) return;
    field.current?.focus();
    field.current?.select();
  }, [asked]);
  const running = search?.running === true;
  const files = search === null ? [] : firstOf(search.files);
  const left = search === null ? 0 : search.matches - files.reduce((sum, [, found]) => sum + found.length, 0);
  return (
    <div className="search">
      <form
        className="strip form"
        aria-label="Search in files"
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== "") void searchWorkspace(app, { text, regex, matchCase, wholeWord });
        }}
      >
        <TextField className="field search-field" value={text} onChange={setText} maxLength={1000}>
          <Label>Search in files</Label>
          <Input className="input mono" spellCheck={false} autoComplete="off" ref={field} />
        </TextField>
        <ToggleButton className="button toggle" isSelected={matchCase} onChange={setMatchCase} aria-label="Match case">
          <span className="codicon codicon-case-sensitive" aria-hidden="true" />
        </ToggleButton>
        <ToggleButton className="button toggle" isSelected={wholeWord} onChange={setWholeWord} aria-label="Whole words">
          <span className="codicon codicon-whole-word" aria-hidden="true" />
        </ToggleButton>
        <ToggleButton className="button toggle" isSelected={regex} onChange={setRegex} aria-label="Regular expression">
          <span className="codicon codicon-regex" aria-hidden="true" />
        </ToggleButton>
        {running ? (
          <Button className="button" onPress={() => stopLastWork(app, "search")}>
            Stop
          </Button>
        ) : (
          <Button type="submit" className="button go" isDisabled={text === ""}>
            Search
          </Button>
        )}
        <span role="status" aria-label="Search outcome" className={search?.failed === true ? "bad-text" : "mid"}>
          {running ? `searching… ${search.matches} so far` : (search?.outcome ?? "")}
          {left > 0 && ` · the first ${shownMatches} are shown`}
        </span>
      </form>
      <ListBox
        aria-label="Matches"
        className="search-results"
        onAction={(key) => {
          const [line = "1", column = "1", ...path] = String(key).split(":");
          void revealSource(app, path.join(":"), { line: Number(line), column: Number(column) });
        }}
        renderEmptyState={() => (
          <p className="empty">
            {search === null || search.outcome === "" ? `Enter searches the files of ${folder}.` : ""}
          </p>
        )}
      >
        {files.map(([path, matches]) => (
          <ListBoxSection key={path} id={path}>
            <Header className="search-file">
              {baseName(path)}{" "}
              <span className="dim">
                {relativeTo(folder, parentOf(path)) === folder ? "" : relativeTo(folder, parentOf(path))}
              </span>
              <span className="tag">{matches.length}</span>
            </Header>
            {matches.map(({ line, column, before, match, after }) => (
              <ListBoxItem
                key={`${line}:${column}`}
                id={`${line}:${column}:${path}`}
                className="search-match"
                textValue={`${line}: ${before}${match}${after}`}
              >
                <span className="dim number">{line}</span>
                <span className="mono cut">
                  {before}
                  <mark>{match}</mark>
                  {after}
                </span>
              </ListBoxItem>
            ))}
          </ListBoxSection>
        ))}
      </ListBox>
    </div>
  );
}

function firstOf<T>(files: ReadonlyMap<string, readonly T[]>): readonly (readonly [string, readonly T[]])[] {
  const first: (readonly [string, readonly T[]])[] = [];
  let count = 0;
  for (const [path, matches] of files) {
    if (count >= shownMatches) break;
    first.push([path, matches.slice(0, shownMatches - count)]);
    count += matches.length;
  }
  return first;
}
