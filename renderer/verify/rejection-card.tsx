import { useMemo } from "react";
import { Button } from "react-aria-components";
import type { ProgramVerdict, Rejection } from "../../protocol/verify.ts";
import { baseName, type OpenSource } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { textAt, wholeText } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { useApp } from "../session/use-app.tsx";
import { checkToInsert } from "./insert-check.ts";
import { ColouredC, WordsWithCode } from "./words-with-code.tsx";

interface Props {
  readonly source: OpenSource;
  readonly program: ProgramVerdict;
  readonly rejection: Rejection;
}

/** Why a program was rejected, in plain words, and what usually mends it. */
export function RejectionCard({ source, program, rejection }: Props): React.ReactNode {
  const app = useApp();
  const { file, line, column, title, explanation, fix, snippet, telling, suggestion, registers } = rejection;
  const names = registers.flatMap(({ variable }) => variable ?? []);
  const { path } = source;
  // Of the text that was rejected: while that is edited, the button stays where it is and waits.
  const insertion = useMemo(() => {
    const text = textAt(path);
    return rejection.file !== path || text === undefined
      ? null
      : checkToInsert(wholeText(text), rejection, program.name);
  }, [path, rejection, program.name]);
  const place = line > 0 ? `${baseName(file)}:${line}` : baseName(file);
  return (
    <section className="rejection" aria-label={`Why ${program.name} was rejected`}>
      <h2>
        <span className="tag bad">{title}</span>
        {line > 0 && file.startsWith("/") ? (
          <Button
            className="link-button place"
            aria-label={`Go to ${place}`}
            onPress={() => void revealSource(app, file, { line, column: Math.max(1, column) })}
          >
            {place}
          </Button>
        ) : (
          <span>{place}</span>
        )}
        <span className="dim">{program.name} rejected</span>
      </h2>
      <p>
        <WordsWithCode text={explanation} names={names} />
      </p>
      <p className="mid">
        What usually fixes it: <WordsWithCode text={fix} names={names} />.
      </p>
      {suggestion !== null && <p className="mid">The kernel suggests: {suggestion}</p>}
      {snippet !== null && (
        <pre tabIndex={0} aria-label="What usually fixes it, in C">
          <ColouredC text={snippet} />
        </pre>
      )}
      <p className="rejection-end">
        {insertion !== null && (
          <Button
            className="button small"
            isDisabled={source.editedSince}
            onPress={() => void insert(app, path, insertion)}
          >
            Insert the check
          </Button>
        )}
        <span className="dim">
          The kernel said: <span className="mono telling">{telling}</span>
          {program.error !== "" && !telling.includes(program.error) && ` · ${program.error}`}
        </span>
      </p>
    </section>
  );
}

/** One edit of the text: Undo takes it back. */
async function insert(app: App, path: string, { line, text }: { readonly line: number; readonly text: string }) {
  const model = textAt(path)?.model;
  if (model === undefined) return;
  model.pushStackElement();
  model.pushEditOperations(
    [],
    [{ range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 }, text }],
    () => null,
  );
  model.pushStackElement();
  await revealSource(app, path, { line, column: model.getLineFirstNonWhitespaceColumn(line) || 1 });
}
