import type { GlobalVariable } from "../../protocol/reload.ts";
import { Fates } from "./map-choice.tsx";

interface VariableChoicesProps {
  readonly variables: readonly GlobalVariable[];
  readonly kept: ReadonlySet<string>;
  readonly keep: (name: string, keep: boolean) => void;
}

/** Variables that were written to while they ran: go on with that, or with what the source says. */
export function VariableChoices({ variables, kept, keep }: VariableChoicesProps): React.ReactNode {
  return (
    <ul className="reload-maps" aria-label="Variables">
      {variables.map(({ name, type, value, running }) => (
        <li key={name} className="reload-map">
          <span className="reload-name">
            <b className="mono cut" title={name}>
              {name}
            </b>
            <span className="dim cut mono">{type}</span>
          </span>
          <span className="number mid mono cut" title={running ?? ""}>
            {running}
          </span>
          <Fates
            label={`Value of ${name}`}
            choices={["keep", "empty"] as const}
            words={(fate) => (fate === "keep" ? "Keep" : "As in the source")}
            value={kept.has(name) ? "keep" : "empty"}
            onChange={(fate) => keep(name, fate === "keep")}
          />
          <p className="dim why cut">
            in the source <span className="mono">{value}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
