import { useCallback, useMemo, useState } from "react";
import type { CancellationToken } from "vscode-jsonrpc";
import { Button, ToggleButton } from "react-aria-components";
import { Failed } from "../../protocol/failures.ts";
import type { Code, CodeKind } from "../../protocol/views.ts";
import { CopyButton } from "../commands/copy-button.tsx";
import { baseName, buildOf, type OpenSource } from "../editor/open-sources.ts";
import { inputOf } from "../editor/texts.ts";
import { withLoadSet } from "../reload/with-load-set.ts";
import { wordsOf } from "../session/failure-words.ts";
import { unlock } from "../session/unlock.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import type { Told } from "./lights.ts";
import { CodeEditor } from "./code-editor.tsx";
import { codeViews } from "./code-views.ts";
import { FailedView } from "./failed-view.tsx";
import { type LoadedProgram, loadedPrograms, programNames } from "./loaded-programs.ts";
import { Pick } from "./pick.tsx";
import { useAnswer } from "./use-answer.ts";

const unlocks = "show what the kernel made of a program";
const built = "built";

interface CodeViewProps {
  readonly source: OpenSource;
  readonly kind: CodeKind;
  /** the tab is in front */
  readonly seen: boolean;
}

/** One kind of code of a source or object: asked for again after each verdict, and kept while the source does not build. */
export function CodeView({ source, kind, seen }: CodeViewProps): React.ReactNode {
  const app = useApp();
  const { path } = source;
  const helper = useSession((state) => state.helper);
  const { program, loaded, strip } = useChoice(source, kind);
  const ofKernel = kind === "xlated" || kind === "jited";
  const locked = ofKernel && helper !== null && helper.state !== "ready" && helper.state !== "starting";
  const ask = useCallback(
    async (token: CancellationToken): Promise<Code> =>
      loaded !== null && (kind === "xlated" || kind === "jited")
        ? app.request("views.loaded", { id: loaded, kind }, token)
        : (
            await withLoadSet(app, path, (load) =>
              app.request("views.built", { input: inputOf(path), kind, program, ...(ofKernel ? load : {}) }, token),
            )
          ).answer,
    [app, path, kind, program, loaded, ofKernel],
  );
  const broken = buildOf(source.check)?.ok === false;
  const isBuilt = loaded === null;
  const { check, version, object } = source;
  // a text that does not build is not asked about again and again
  const [good, setGood] = useState({ check, version, object });
  const isNew = check !== good.check || version !== good.version || object !== good.object;
  if (isBuilt && !broken && isNew) setGood({ check, version, object });
  const key = JSON.stringify([path, kind, program, loaded]);
  const { value, failed, awaited } = useAnswer(locked ? null : key, isBuilt ? good : null, ask, !seen);
  const [lit, setLit] = useState<Told>({ words: "", spoken: false });
  const [commands, setCommands] = useState(false);
  const [line, setLine] = useState<{ readonly index: number } | null>(null);
  const title = codeViews.find((one) => one.view === kind)?.title ?? kind;
  const stale =
    value === null
      ? null
      : isBuilt
        ? staleWords(source, broken, failed)
        : olderText(source, loaded)
          ? "of an older text"
          : null;
  if (locked) {
    return (
      <>
        {strip}
        <div className="empty">
          <p>
            The kernel shows the code of its programs to root only.{" "}
            {isBuilt && "It is loaded for a look and attached nowhere."}
          </p>
          <Button className="button" onPress={() => void unlock(app, unlocks)}>
            Unlock
          </Button>
        </div>
      </>
    );
  }
  if (value === null) {
    return (
      <>
        {strip}
        {failed === null ? (
          <p className="empty" role="status">
            Reading the code…
          </p>
        ) : (
          <FailedView failed={failed} unlocks={unlocks} />
        )}
      </>
    );
  }
  const { functions, machine, notes, program: shownProgram } = value;
  const noted = notes.length === 0 ? "" : notes.length === 1 ? "1 note" : `${notes.length} notes`;
  return (
    <>
      {strip}
      <div className="code-body" aria-busy={awaited}>
        <CodeEditor
          key={`${value.kind} ${shownProgram?.id ?? ""} ${program ?? ""}`}
          code={value}
          name={`${title} of ${baseName(path)}`}
          seen={seen}
          tell={setLit}
          line={line}
        />
      </div>
      {commands && (
        <div className="code-commands">
          {value.commands.map((command) => (
            <p key={command}>
              <code>{command}</code>
              <CopyButton text={command} of="command" />
            </p>
          ))}
          {notes.map((note) => (
            <p key={note} className="mid">
              {note}
            </p>
          ))}
        </div>
      )}
      <div className="code-foot">
        {stale !== null && (
          <span className="tag warn" role="status">
            {stale}
          </span>
        )}
        <span className="dim cut grow" data-lit>
          {lit.words}
        </span>
        <span className="unseen" role="status">
          {lit.spoken ? lit.words : ""}
        </span>
        {functions.length > 1 && (
          <Pick
            label="Go to function"
            chosen={null}
            placeholder="functions"
            choices={functions.map(({ name, line: at }) => ({ id: String(at), name }))}
            onChoose={(id) => setLine({ index: Number(id) })}
          />
        )}
        <span className="dim number cut">
          {machine}
          {shownProgram !== null && ` · id ${shownProgram.id} · tag ${shownProgram.tag}`}
        </span>
        <ToggleButton
          className="button small toggle-commands"
          isSelected={commands}
          onChange={setCommands}
          aria-label={`Command lines${noted === "" ? "" : `, ${noted}`}`}
        >
          <span className="codicon codicon-terminal" aria-hidden="true" />
          {noted}
        </ToggleButton>
      </div>
    </>
  );
}

/** Of what is loaded, and of the source's programs, the ones that are meant. */
function useChoice(source: OpenSource, kind: CodeKind) {
  const ofKernel = kind === "xlated" || kind === "jited";
  const programs = useSession((state) => state.programs);
  const interfaces = useSession((state) => state.interfaces);
  const place = useSession((state) => state.place);
  const attachable = useSession((state) => state.program);
  const [wanted, setWanted] = useState<string | null>(null);
  const [named, setNamed] = useState<string | null>(null);
  const names = useMemo(() => programNames(source), [source]);
  const all = useMemo(
    () => (ofKernel ? loadedPrograms({ programs, interfaces, place }, names) : []),
    [ofKernel, programs, interfaces, place, names],
  );
  if (!ofKernel) return { program: null, loaded: null, strip: null };
  const chosen = wanted === built || all.some(({ id }) => String(id) === wanted) ? wanted : null;
  const first = all[0]?.here === true ? String(all[0].id) : built;
  const now = chosen ?? first;
  const name = [named, attachable, names[0] ?? null].find((one) => one !== null && names.includes(one)) ?? null;
  const strip = (
    <div className="strip code-choice">
      <Pick
        label="Loaded program"
        chosen={now}
        onChoose={setWanted}
        choices={[...all.map(choiceOf), { id: built, name: "as built now", note: "loaded for a look" }]}
      />
      {now === built && names.length > 1 && (
        <Pick
          label="Program of the source"
          chosen={name}
          onChoose={setNamed}
          choices={names.map((one) => ({ id: one, name: one }))}
        />
      )}
    </div>
  );
  return { program: now === built ? name : null, loaded: now === built ? null : Number(now), strip };
}

function choiceOf({ id, name, where }: LoadedProgram) {
  return { id: String(id), name: [name, `id ${id}`, where === "" ? "attached nowhere" : where].join(" · ") };
}

/** of each loaded program, the version of the source's file when it was seen first */
const versions = new Map<number, string | null>();

/** The source was saved or edited since: its lines are no longer those that the program was loaded from. */
function olderText({ version, dirty }: OpenSource, loaded: number): boolean {
  const first = versions.get(loaded);
  if (first === undefined) versions.set(loaded, version);
  return dirty || (first !== undefined && first !== version);
}

/** Why the code is not that of the text as it stands. */
function staleWords(source: OpenSource, broken: boolean, failed: unknown): string | null {
  if (broken) return "stale: the source does not build";
  if (failed instanceof Failed && failed.failure.kind === "build-failed") return "stale: the source does not build";
  if (failed !== null) return `stale: ${wordsOf(failed)?.title ?? ""}`;
  return source.editedSince && !source.awaited && !source.checking ? "stale: edited since" : null;
}
