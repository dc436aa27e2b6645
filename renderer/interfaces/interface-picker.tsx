import { useMemo, useState } from "react";
import {
  Button,
  Header,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
  Select,
  SelectValue,
} from "react-aria-components";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { choosePlace } from "./choose-place.ts";
import { choosePlaces, chosenPlaces } from "./chosen-places.ts";
import { groupByNamespace, isOfLab, placeKey } from "./places.ts";

/** Enter and a click choose one and close; Space and a click on its box choose several. */
export function InterfacePicker(): React.ReactNode {
  const app = useApp();
  const listing = useSession((state) => state.interfaces);
  const place = useSession((state) => state.place);
  const also = useSession((state) => state.alsoPlaces);
  const lab = useSession((state) => state.lab);
  const [open, setOpen] = useState(false);
  const groups = useMemo(() => groupByNamespace(listing?.interfaces ?? [], lab), [listing, lab]);
  const keys = useMemo(() => chosenPlaces({ place, alsoPlaces: also }).map(placeKey), [place, also]);
  const find = (key: string | null): NetworkInterface | undefined =>
    listing?.interfaces.find((one) => placeKey(one) === key);
  const chosen = find(keys[0] ?? null) ?? null;
  const only = (event: React.SyntheticEvent, key: string | null): void => {
    const found = find(key);
    if (found === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(false);
    void choosePlace(app, found);
  };
  return (
    <Select
      className="interface-pick"
      aria-label="Interface"
      selectionMode="multiple"
      isOpen={open}
      onOpenChange={setOpen}
      value={keys}
      onChange={(now) => void choosePlaces(app, now.map(String))}
    >
      <Button className="button pick">
        <SelectValue className="cut">
          {chosen === null ? (
            <span className="dim">Choose an interface</span>
          ) : also.length > 0 ? (
            <>
              <span className="tag accent">{keys.length}</span> {[chosen, ...also].map(({ name }) => name).join(", ")}
            </>
          ) : (
            <>
              {isOfLab(lab, chosen.netns) && <span className="tag ok">lab</span>} {chosen.name}{" "}
              <span className="dim">{[chosen.netns, chosen.driver].filter(Boolean).join(" · ")}</span>
            </>
          )}
        </SelectValue>
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <Popover className="popover wide">
        <div
          onKeyDownCapture={(event) => {
            if (event.key === "Enter" && !event.ctrlKey) only(event, optionOf(event.target));
          }}
          onClickCapture={(event) => {
            if (!onBox(event.target)) only(event, optionOf(event.target));
          }}
          onPointerDownCapture={(event) => leaveAlone(event)}
          onPointerUpCapture={(event) => leaveAlone(event)}
          onMouseDownCapture={(event) => leaveAlone(event)}
        >
          <ListBox className="menu" renderEmptyState={() => <p className="empty-line">No interface is known yet.</p>}>
            {groups.map(({ netns, title, interfaces }) => (
              <ListBoxSection key={title} id={title} className="menu-section">
                <Header className="menu-header">
                  {netns === null ? title : `namespace ${title}`}{" "}
                  {isOfLab(lab, netns) && <span className="tag ok">lab</span>}
                </Header>
                {interfaces.map((one) => (
                  <ListBoxItem
                    key={placeKey(one)}
                    id={placeKey(one)}
                    className="menu-item with-box"
                    textValue={`${one.name} ${one.netns ?? ""}`}
                  >
                    <span
                      className={`check-box${keys.includes(placeKey(one)) ? " codicon codicon-check" : ""}`}
                      aria-hidden="true"
                    />
                    <span className="grow">
                      {one.name}{" "}
                      <span className="dim">
                        {one.driver ?? "no driver"}
                        {one.up ? "" : " · down"}
                      </span>
                    </span>
                    {one.attached.map(({ id, name }) => (
                      <span key={id} className="tag accent">
                        {name}
                      </span>
                    ))}
                  </ListBoxItem>
                ))}
              </ListBoxSection>
            ))}
          </ListBox>
        </div>
        <p className="menu-foot" aria-hidden="true">
          <kbd>Enter</kbd> this one · <kbd>Space</kbd> or its box: several at once
        </p>
      </Popover>
    </Select>
  );
}

/** The list's own pointer handling chooses several: a click beside the box means only this one. */
function leaveAlone(event: React.SyntheticEvent): void {
  if (!onBox(event.target) && optionOf(event.target) !== null) event.stopPropagation();
}

function onBox(target: EventTarget): boolean {
  return target instanceof Element && target.closest(".check-box") !== null;
}

function optionOf(target: EventTarget): string | null {
  const option = target instanceof Element ? target.closest<HTMLElement>('[role="option"]') : null;
  return option?.dataset["key"] ?? null;
}
