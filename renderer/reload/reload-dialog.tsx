import { useState } from "react";
import { Button, Checkbox, Dialog, Form, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { MapFate } from "../../protocol/reload.ts";
import { modeWord } from "../interfaces/places.ts";
import { variableSection } from "../maps/variable-maps.ts";
import { closeDialog, type ReloadQuestion } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { changeSetting } from "../settings/apply-settings.ts";
import { MapChoice } from "./map-choice.tsx";
import { type Choices, lostMaps, runningMaps } from "./plan-choices.ts";
import { entriesWords } from "./reload-words.ts";
import { VariableChoices } from "./variable-choices.tsx";

/** A newer build over a running program: which maps keep their contents, and what goes with the old program. */
export function ReloadDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const question = dialog?.kind === "reload" ? dialog : null;
  return (
    <ModalOverlay
      className="shade"
      isOpen={question !== null}
      isDismissable
      onOpenChange={(open) => {
        if (!open) closeDialog(app);
      }}
    >
      <Modal className="modal wide">
        {question !== null && (
          <Dialog className="dialog" role={question.plan.foreign ? "alertdialog" : "dialog"}>
            <ReloadForm question={question} />
          </Dialog>
        )}
      </Modal>
    </ModalOverlay>
  );
}

function ReloadForm({ question }: { readonly question: ReloadQuestion }): React.ReactNode {
  const app = useApp();
  const { plan, place, changed } = question;
  const [choices, setChoices] = useState<Choices>(question.proposed);
  const [never, setNever] = useState(false);
  const maps = runningMaps(plan);
  const fresh = plan.maps
    .filter(({ name, running }) => running === null && variableSection(name) === null)
    .map(({ name }) => name);
  const lost = lostMaps(plan, choices);
  const allEmpty = maps.length > 0 && maps.every(({ name }) => choices.fates.get(name) === "empty");
  const setFate = (name: string, fate: MapFate): void =>
    setChoices({ ...choices, fates: new Map(choices.fates).set(name, fate) });
  const setKept = (name: string, keep: boolean): void => {
    const kept = new Set(choices.kept);
    if (keep) kept.add(name);
    else kept.delete(name);
    setChoices({ ...choices, kept });
  };
  return (
    <Form
      className="reload"
      onSubmit={(event) => {
        event.preventDefault();
        if (never) changeSetting(app, { reloadMaps: allEmpty ? "empty" : "keep" });
        question.answer(choices);
      }}
    >
      <Heading slot="title" level={2}>
        Replace {plan.replaces?.name} on {place.name}
      </Heading>
      {plan.foreign && plan.replaces !== null && (
        <p className="mid">
          {plan.replaces.name} (id {plan.replaces.id}, {modeWord(plan.replaces.mode)}) was not attached by the
          workbench. Whoever attached it may rely on it: packets will be handled differently from then on.
        </p>
      )}
      <div className="reload-body">
        {maps.length > 0 && (
          <ul className="reload-maps" aria-label="Maps">
            {maps.map((map) => (
              <MapChoice
                key={map.name}
                map={map}
                fate={choices.fates.get(map.name) ?? "empty"}
                choose={(fate) => setFate(map.name, fate)}
              />
            ))}
          </ul>
        )}
        {changed.length > 0 && <VariableChoices variables={changed} kept={choices.kept} keep={setKept} />}
      </div>
      {fresh.length > 0 && (
        <p className="mid">
          New, empty at first: <span className="mono">{fresh.join(", ")}</span>
        </p>
      )}
      <div role="status" aria-label="What is lost">
        {lost.length > 0 && (
          <p className="reload-lost">
            <span className="tag bad">lost</span>
            <span>
              {lost.map(({ name, entries }, index) => (
                <span key={name}>
                  {index > 0 && ", "}
                  <span className="mono">{name}</span>{" "}
                  <span className="mid">
                    {entriesWords(entries)}
                    {plan.gone.some((gone) => gone.name === name) ? ", the newer program has no such map" : ""}
                  </span>
                </span>
              ))}
            </span>
          </p>
        )}
      </div>
      <div className="dialog-buttons">
        <Checkbox className="check" isSelected={never} onChange={setNever}>
          <span className={`check-box${never ? " codicon codicon-check" : ""}`} aria-hidden="true" />
          Do not ask again: {allEmpty ? "always start empty" : "keep what still fits"}
        </Checkbox>
        <span className="grow" />
        <Button className="button" autoFocus={plan.foreign} onPress={() => closeDialog(app)}>
          Cancel
        </Button>
        <Button type="submit" className={plan.foreign ? "button danger" : "button go"} autoFocus={!plan.foreign}>
          {plan.foreign ? "Replace it" : "Attach"}
        </Button>
      </div>
    </Form>
  );
}
