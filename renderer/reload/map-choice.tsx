import { useState } from "react";
import { Button, Radio, RadioGroup } from "react-aria-components";
import type { MapFate } from "../../protocol/reload.ts";
import { count } from "../verify/sizes.ts";
import { FieldDiff } from "./field-diff.tsx";
import type { RunningMap } from "./plan-choices.ts";
import { diffWords, entriesWords, fateWord } from "./reload-words.ts";

interface MapChoiceProps {
  readonly map: RunningMap;
  readonly fate: MapFate;
  readonly choose: (fate: MapFate) => void;
}

/** One map of the running program: what becomes of its entries, why, and for a changed type what changes. */
export function MapChoice({ map, fate, choose }: MapChoiceProps): React.ReactNode {
  const { name, type, running, maxEntries, choices, why, fields } = map;
  const [open, setOpen] = useState(choices[0] === "carry");
  return (
    <li className="reload-map">
      <span className="reload-name">
        <b className="mono cut" title={name}>
          {name}
        </b>
        <span className="dim cut">{type.replaceAll("_", " ")}</span>
      </span>
      <span className="number mid">
        {entriesWords(running.entries)}
        {running.maxEntries === maxEntries ? (
          ""
        ) : (
          <span className="dim">
            {" "}
            · size {count(running.maxEntries)} → {count(maxEntries)}
          </span>
        )}
      </span>
      {choices.length === 1 ? (
        <span className="only-fate mid">{fateWord(choices[0] ?? "empty")}</span>
      ) : (
        <Fates label={`Contents of ${name}`} choices={choices} value={fate} onChange={choose} />
      )}
      <p className="dim why">
        {why}
        {fate === "empty" && choices[0] !== "empty" && running.entries > 0 && (
          <span className="bad-text"> Chosen: its {entriesWords(running.entries)} will be lost.</span>
        )}
        {fields.length > 0 && (
          <Button className="link-button" aria-expanded={open} onPress={() => setOpen(!open)}>
            {open ? "Hide the changes" : `Show the changes (${diffWords(map)})`}
          </Button>
        )}
      </p>
      {open && fields.length > 0 && <FieldDiff map={map} />}
    </li>
  );
}

interface FatesProps<F extends string> {
  readonly label: string;
  readonly choices: readonly F[];
  readonly value: F;
  readonly words?: (fate: F) => string;
  readonly onChange: (fate: F) => void;
}

export function Fates<F extends MapFate>({ label, choices, value, words = fateWord, onChange }: FatesProps<F>) {
  return (
    <RadioGroup
      className="fates"
      aria-label={label}
      orientation="horizontal"
      value={value}
      onChange={(chosen) => {
        const found = choices.find((one) => one === chosen);
        if (found !== undefined) onChange(found);
      }}
    >
      {choices.map((one) => (
        <Radio key={one} value={one} className="fate">
          {words(one)}
        </Radio>
      ))}
    </RadioGroup>
  );
}
