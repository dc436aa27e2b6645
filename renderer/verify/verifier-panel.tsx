import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { Build } from "../../protocol/build.ts";
import type { ProgramVerdict } from "../../protocol/verify.ts";
import { CopyButton } from "../commands/copy-button.tsx";
import { activeSource, baseName, buildOf } from "../editor/open-sources.ts";
import { useSession } from "../session/use-app.tsx";
import { LogView } from "./log-view.tsx";
import { shellWords } from "./shell-words.ts";
import { bytes, count, milliseconds } from "./sizes.ts";
import { tellingLine } from "./telling-line.ts";

const buildKey = "build commands";

/** What the kernel said of each program, whole, and how the object was built. */
export function VerifierPanel(): React.ReactNode {
  const source = useSession(activeSource);
  const [chosen, setChosen] = useState<string | null>(null);
  const build = buildOf(source?.check ?? null);
  if (source === null || build === null) {
    return (
      <p className="empty">
        The verifier's log of each program appears here. {source === null ? "Open a source, then p" : "P"}ress Ctrl+S.
      </p>
    );
  }
  const programs = source.check?.kind === "verdict" ? source.check.verdict.programs : [];
  const shown =
    programs.find(({ name }) => name === chosen) ??
    (chosen === buildKey ? null : (programs.find(({ accepted }) => !accepted) ?? programs[0] ?? null));
  return (
    <div className="verifier">
      <ToggleButtonGroup
        className="verifier-programs"
        aria-label="Programs"
        selectionMode="single"
        disallowEmptySelection
        orientation="vertical"
        selectedKeys={[shown?.name ?? buildKey]}
        onSelectionChange={(keys) => setChosen(String([...keys][0] ?? ""))}
      >
        {programs.map(({ name, accepted }) => (
          <ToggleButton key={name} id={name} className="line">
            <span className="grow cut">{name}</span>
            <span className={accepted ? "tag ok" : "tag bad"}>{accepted ? "accepted" : "rejected"}</span>
          </ToggleButton>
        ))}
        <ToggleButton id={buildKey} className="line">
          <span className="grow cut">Build commands</span>
          <span className={build.ok ? "tag" : "tag bad"}>{build.ok ? milliseconds(build.milliseconds) : "failed"}</span>
        </ToggleButton>
      </ToggleButtonGroup>
      {shown === null ? (
        <BuildCommands build={build} />
      ) : (
        <ProgramLog program={shown} file={baseName(source.path)} path={source.path} edited={source.editedSince} />
      )}
    </div>
  );
}

interface ProgramLogProps {
  readonly program: ProgramVerdict;
  readonly file: string;
  readonly path: string;
  readonly edited: boolean;
}

function ProgramLog({ program, file, path, edited }: ProgramLogProps): React.ReactNode {
  const { name, accepted, instructions, processed, jitedBytes, section, type, error, log } = program;
  return (
    <section className="verifier-log" aria-label={`Verifier's log of ${name}`}>
      <header>
        <p>
          <span className={accepted ? "tag ok" : "tag bad"}>{accepted ? "accepted" : "rejected"}</span> <b>{name}</b>{" "}
          <span className="dim">
            {file} · SEC("{section}") · {type}
            {edited ? " · edited since" : ""}
          </span>
        </p>
        {accepted ? (
          <p className="mid">
            {count(instructions)} instructions · {count(processed)} processed by the verifier · JIT {bytes(jitedBytes)}
          </p>
        ) : (
          <p className="mono telling">
            {tellingLine(log) || error}
            {error !== "" && tellingLine(log) !== "" && <span className="dim"> {error}</span>}
          </p>
        )}
      </header>
      <LogView text={log} name={name} path={path} telling={accepted ? null : tellingLine(log)} />
    </section>
  );
}

function BuildCommands({ build }: { readonly build: Build }): React.ReactNode {
  return (
    <section className="build-commands" aria-label="Build commands">
      {build.stages.map(({ name, argv, milliseconds: took, exit }) => {
        const command = shellWords(argv);
        return (
          <div key={name} className="stage">
            <p>
              <b>{name}</b>{" "}
              <span className="dim">
                {milliseconds(took)} · {exit === null ? "ended by a signal" : `exit ${exit}`}
              </span>
              <span className="grow" />
              <CopyButton text={command} of={`${name} command`} />
            </p>
            <pre tabIndex={0} aria-label={`${name} command`}>
              {command}
            </pre>
          </div>
        );
      })}
      {build.stages.length === 0 && <p className="empty">Nothing was run.</p>}
    </section>
  );
}
