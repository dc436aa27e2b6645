import { useState } from "react";
import { Button } from "react-aria-components";
import type { PreflightLine } from "../../protocol/preflight.ts";
import { CopyButton } from "../commands/copy-button.tsx";
import { modeTitle, placeKey } from "../interfaces/places.ts";
import { useApp } from "../session/use-app.tsx";
import { inOrder, type PlaceLines, sourceWord, weightWord } from "./preflight-lines.ts";
import { runFix } from "./run-fix.ts";

const tones = { stops: "tag bad", costs: "tag warn", fine: "tag ok" } as const;
const signs = { stops: "✗", costs: "!", fine: "✓" } as const;

/** Each place with what was found there, the gravest first. `bare`: the lines alone, where the rest is said already. */
export function PreflightList({
  places,
  bare = false,
}: {
  readonly places: readonly PlaceLines[];
  readonly bare?: boolean;
}): React.ReactNode {
  return places.map((one) => (
    <section key={placeKey(one.place)} className="preflight-place" aria-label={`Before attaching to ${one.place.name}`}>
      {!bare && <Heading of={one} />}
      <ul className="preflight-lines">
        {inOrder(one.lines).map((line, index) => (
          <Line key={`${line.about} ${index}`} line={line} />
        ))}
        {one.lines.length === 0 && <li className="mid">nothing in the way</li>}
      </ul>
    </section>
  ));
}

function Heading({ of: { place, mode, modeWhy, carries } }: { readonly of: PlaceLines }): React.ReactNode {
  return (
    <>
      <h3>
        {place.name} <span className="dim">{place.netns ?? ""}</span>
      </h3>
      <p className="mid">
        <b>{modeTitle(mode)}</b>: {modeWhy}
        {carries.length > 0 && (
          <>
            . <span className="tag warn">carries {carries.join(" and ")}</span>
          </>
        )}
      </p>
    </>
  );
}

function Line({ line }: { readonly line: PreflightLine }): React.ReactNode {
  const { weight, text, evidence, fixes } = line;
  return (
    <li className={`preflight-line ${weight}`}>
      <span className={tones[weight]}>
        <span aria-hidden="true">{signs[weight]}</span> {weightWord(weight)}
      </span>
      <div>
        <p>{text}</p>
        <p className="preflight-evidence">
          <span className="source">{sourceWord(line)}</span> {evidence}
        </p>
        {fixes.map((fix) => (
          <FixLine key={fix.command} fix={fix} />
        ))}
      </div>
    </li>
  );
}

function FixLine({ fix: { command, text, run } }: { readonly fix: PreflightLine["fixes"][number] }): React.ReactNode {
  const app = useApp();
  const [running, setRunning] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <div className="preflight-fix">
      <p>{text}</p>
      <div className="row">
        <code className="grow">{command}</code>
        <CopyButton text={command} of={command} />
        {run !== null && (
          <Button
            className="button small"
            aria-label={`Run ${command}`}
            isPending={running}
            onPress={() => {
              setRunning(true);
              void runFix(app, run).then((why) => {
                setRunning(false);
                setFailed(why);
              });
            }}
          >
            Run
          </Button>
        )}
      </div>
      <p className="bad-text" role="status">
        {failed}
      </p>
    </div>
  );
}
