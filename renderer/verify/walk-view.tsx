import { useState } from "react";
import { Button } from "react-aria-components";
import type { WalkState } from "../../protocol/walk.ts";
import { count } from "./sizes.ts";
import { WalkLines } from "./walk-lines.tsx";
import { useWalkState, type Walked } from "./use-walk.ts";

/** What the verifier knew at each step of its walk; at first where it said no, or where it began. */
export function WalkView({
  walked,
  rejected,
}: {
  readonly walked: Walked;
  readonly rejected: boolean;
}): React.ReactNode {
  const key = `${walked.object} ${walked.program}`;
  const [chosen, setChosen] = useState<{ readonly key: string; readonly step: number } | null>(null);
  const wanted = chosen?.key === key ? chosen.step : rejected ? null : 0;
  const { state, failed } = useWalkState(walked, wanted);
  const go = (step: number): void => setChosen({ key, step });
  if (failed !== null) return <p className="empty">{failed}</p>;
  if (state === null) return <p className="empty" aria-busy="true" />;
  if (state.steps === 0)
    return (
      <p className="empty">
        {rejected
          ? "It was refused before the verifier took its first step: there is nothing to step through."
          : "Its steps are too many to be told: they would fill more than 256 MiB."}
      </p>
    );
  const { step, steps } = state;
  const buttons = [
    { name: "First step", icon: "codicon-fold-up", to: 0, off: step === 0 },
    { name: "Previous step", icon: "codicon-arrow-up", to: step - 1, off: step === 0 },
    { name: "Next step", icon: "codicon-arrow-down", to: step + 1, off: step >= steps - 1 },
    { name: "Last step", icon: "codicon-fold-down", to: steps - 1, off: step >= steps - 1 },
  ];
  return (
    <section className="walk" aria-label="What the verifier knew">
      <header>
        <h2 className="cut">What the verifier knew</h2>
        <span className="dim number" role="status" aria-label="Step">
          step {count(step + 1)} of {count(steps)}
        </span>
        {state.frame > 0 && <span className="tag">in a function, {state.frame} deep</span>}
        <span className="grow" />
        {buttons.map(({ name, icon, to, off }) => (
          <Button key={name} className="icon-button" aria-label={name} isDisabled={off} onPress={() => go(to)}>
            <span className={`codicon ${icon}`} aria-hidden="true" />
          </Button>
        ))}
      </header>
      <div className="walk-known" tabIndex={0} role="group" aria-label="Registers and stack">
        <KnownTable state={state} rejected={rejected} />
      </div>
      <WalkLines walked={walked} state={state} rejected={rejected} go={go} />
    </section>
  );
}

function KnownTable({ state, rejected }: { readonly state: WalkState; readonly rejected: boolean }): React.ReactNode {
  const { registers, stack, references, changed, step, steps } = state;
  const isNew = new Set(step === 0 ? [] : changed);
  const atEnd = rejected && step === steps - 1;
  return (
    <table aria-label="Registers and stack">
      <thead>
        <tr>
          <th scope="col">register</th>
          <th scope="col">C</th>
          <th scope="col">is</th>
          <th scope="col">proved</th>
        </tr>
      </thead>
      <tbody>
        {registers.map(({ register, variable, is, proved, concerned }) => (
          <tr key={register} className={concerned ? "on" : ""}>
            <th scope="row" className="mono">
              {register.toLowerCase()}
              {isNew.has(register) && <Changed />}
            </th>
            <td className={`mono${variable === null ? " dim" : ""}`}>
              {variable ?? (register === "R10" ? "frame" : "")}
            </td>
            <td>{is}</td>
            <td>{concerned && atEnd && proved !== "" ? <span className="tag bad">{proved}</span> : proved}</td>
          </tr>
        ))}
        {stack.map(({ slot, variable, is, proved }) => (
          <tr key={slot}>
            <th scope="row" className="mono">
              {slot}
              {isNew.has(slot) && <Changed />}
            </th>
            <td className={`mono${variable === null ? " dim" : ""}`}>{variable ?? "stack"}</td>
            <td>{is}</td>
            <td>{proved}</td>
          </tr>
        ))}
        {references.length > 0 && (
          <tr>
            <th scope="row">held</th>
            <td />
            <td colSpan={2}>
              {references.length === 1 ? "one reference" : `${references.length} references`} that must be released
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Changed(): React.ReactNode {
  return (
    <span className="walk-changed" title="changed by the step before">
      <span className="unseen"> changed</span>
    </span>
  );
}
