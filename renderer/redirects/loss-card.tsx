import { useState } from "react";
import { Button } from "react-aria-components";
import type { RedirectRemedy, RedirectRow } from "../../protocol/redirects.ts";
import { CopyButton } from "../commands/copy-button.tsx";
import { rateText } from "../interfaces/rates.ts";
import { useApp } from "../session/use-app.tsx";
import { grouped3 } from "../verify/sizes.ts";
import { runRemedy } from "./run-remedy.ts";
import { Way } from "./way.tsx";

/** One way to lose packets: how many, why, and what would help. */
export function LossCard({ row }: { readonly row: RedirectRow }): React.ReactNode {
  const { title, meaning, drops, lossRate, remedies, program, tracepoint } = row;
  const going = lossRate > 0;
  return (
    <li className={going ? "card loss going" : "card loss"}>
      <div className="loss-head">
        <h4>{sentence(title)}</h4>
        <span className="loss-count">
          <b className="number">{grouped3(drops)}</b> lost
          <span className={going ? "tag bad" : "tag"}>
            {going ? `${rateText(lossRate)} /s` : "none in the last second"}
          </span>
        </span>
      </div>
      <p className="loss-way">
        <Way row={row} />
        <span className="dim">
          {program !== null && ` · ${program.name === "" ? `program ${program.id}` : program.name} (id ${program.id})`}{" "}
          · <span className="mono">xdp_{tracepoint}</span>
        </span>
      </p>
      <p className="mid">{meaning}</p>
      {remedies.length > 0 && (
        <ul className="remedies" aria-label="What would help">
          {remedies.map((remedy) => (
            <Remedy key={remedy.command} of={remedy} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Remedy({ of: { text, command, run } }: { readonly of: RedirectRemedy }): React.ReactNode {
  const app = useApp();
  const [running, setRunning] = useState(false);
  return (
    <li>
      {run === null ? (
        <span>{sentence(text)}</span>
      ) : (
        <Button
          className="button small"
          isPending={running}
          onPress={() => {
            setRunning(true);
            void runRemedy(app, text, run).finally(() => setRunning(false));
          }}
        >
          {sentence(text)}
        </Button>
      )}
      <span className="remedy-command">
        <code>{command}</code>
        <CopyButton text={command} of={command} />
      </span>
    </li>
  );
}

function sentence(text: string): string {
  // XDP_TX and names of interfaces are no words to begin with
  return /^[a-z][a-z' ]/.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text;
}
