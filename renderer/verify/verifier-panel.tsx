import { useState } from "react";
import { Checkbox, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { ProgramVerdict, Verdict } from "../../protocol/verify.ts";
import { activeSource, baseName, buildOf, type Check, type OpenSource } from "../editor/open-sources.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { AcceptedCard } from "./accepted-card.tsx";
import { BuildCommands } from "./build-commands.tsx";
import { programsOf } from "./findings.ts";
import { RejectionCard } from "./rejection-card.tsx";
import { tellEveryStep } from "./tell-every-step.ts";
import type { Walked } from "./use-walk.ts";
import { WalkView } from "./walk-view.tsx";
import { changeSetting } from "../settings/apply-settings.ts";
import { WholeLog } from "./whole-log.tsx";

const views = ["verdict", "log", "build"] as const;
type View = (typeof views)[number];
const viewNames: Readonly<Record<View, string>> = { verdict: "Verdict", log: "Whole log", build: "Build commands" };

/** What the kernel said of each program: why, what it knew, and its own words. */
export function VerifierPanel(): React.ReactNode {
  const source = useSession(activeSource);
  const [chosen, setChosen] = useState<string | null>(null);
  const [view, setView] = useState<View>("verdict");
  const [last, setLast] = useState<{ readonly path: string; readonly check: Check } | null>(null);
  const latest = source?.check ?? null;
  const judged = programsOf(latest).length > 0;
  if (source !== null && judged && latest !== null && last?.check !== latest) {
    setLast({ path: source.path, check: latest });
  }
  // A text that does not build, as half of a line does not, leaves what was said of the one before in its place.
  const check = !judged && last !== null && last.path === source?.path ? last.check : latest;
  const build = buildOf(latest);
  const stale = source?.editedSince === true || check !== latest;
  if (source === null || build === null) {
    return (
      <div className="verifier">
        <div className="strip">
          <span className="grow" />
          <WhileTyping />
        </div>
        <p className="empty">
          What the verifier says of each program appears here. {source === null ? "Open a source, then p" : "P"}ress
          Ctrl+S.
        </p>
      </div>
    );
  }
  const programs = programsOf(check);
  const shown =
    programs.find(({ name }) => name === chosen) ?? programs.find(({ accepted }) => !accepted) ?? programs[0] ?? null;
  const object = buildOf(check)?.object ?? null;
  const walked = shown === null || object === null ? null : { object, program: shown.name };
  const now = shown === null ? "build" : view;
  return (
    <div className={`verifier${stale ? " stale" : ""}`}>
      <div className="strip">
        <ToggleButtonGroup
          className="segments"
          aria-label="What is shown"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[now]}
          onSelectionChange={(keys) => setView(views.find((one) => keys.has(one)) ?? "verdict")}
        >
          {views.map((one) => (
            <ToggleButton key={one} id={one} className="segment" isDisabled={shown === null && one !== "build"}>
              {viewNames[one]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        {programs.length > 1 && (
          <ToggleButtonGroup
            className="segments programs"
            aria-label="Programs"
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[shown?.name ?? ""]}
            onSelectionChange={(keys) => setChosen(String([...keys][0] ?? ""))}
          >
            {programs.map(({ name, accepted }) => (
              <ToggleButton key={name} id={name} className="segment">
                <span className={accepted ? "ok-text" : "bad-text"} aria-hidden="true">
                  {accepted ? "✓" : "✗"}
                </span>{" "}
                {name}
                <span className="unseen">{accepted ? ", accepted" : ", rejected"}</span>
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
        )}
        <span className="grow" />
        {!build.ok && <span className="tag bad">does not build</span>}
        {source.editedSince && !source.awaited && <span className="dim">{baseName(source.path)} was edited since</span>}
        <WhileTyping />
      </div>
      {now === "build" || shown === null || check?.kind !== "verdict" ? (
        <BuildCommands build={build} />
      ) : now === "log" ? (
        <WholeLog program={shown} walked={walked} path={source.path} />
      ) : (
        <ProgramView source={source} verdict={check.verdict} program={shown} walked={walked} />
      )}
    </div>
  );
}

interface ProgramViewProps {
  readonly source: OpenSource;
  readonly verdict: Verdict;
  readonly program: ProgramVerdict;
  readonly walked: Walked | null;
}

function ProgramView({ source, verdict, program, walked }: ProgramViewProps): React.ReactNode {
  const app = useApp();
  /** the verdict whose accepted program is looked at step by step */
  const [stepped, setStepped] = useState<{ readonly verdict: Verdict; readonly program: string } | null>(null);
  if (program.accepted) {
    const steps = stepped?.verdict === verdict && stepped.program === program.name && walked !== null;
    const begin = async (wanted: Walked): Promise<void> => {
      if (await tellEveryStep(app, source.path, wanted)) setStepped({ verdict, program: program.name });
    };
    return (
      <div className={`verdict-view${steps ? " stepped" : ""}`}>
        <AcceptedCard
          program={program}
          verdict={verdict}
          stepThrough={steps || walked === null ? null : () => void begin(walked)}
        />
        {steps && <WalkView walked={walked} rejected={false} />}
      </div>
    );
  }
  return (
    <div className="verdict-view stepped">
      {program.rejection !== null && <RejectionCard source={source} program={program} rejection={program.rejection} />}
      {walked !== null && <WalkView walked={walked} rejected />}
    </div>
  );
}

function WhileTyping(): React.ReactNode {
  const app = useApp();
  const on = useSession((state) => state.verifyWhileTyping);
  return (
    <Checkbox
      className="check"
      isSelected={on}
      onChange={(selected) => changeSetting(app, { verifyWhileTyping: selected })}
    >
      <span className={`check-box${on ? " codicon codicon-check" : ""}`} aria-hidden="true" />
      Verify while typing
    </Checkbox>
  );
}
