import { memo } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { useApp } from "../session/use-app.tsx";
import { choosePlace, showInterface } from "./choose-place.ts";
import { bestMode, type InterfaceGroup, placeKey } from "./places.ts";

interface Shown {
  readonly group: InterfaceGroup;
  readonly ofLab: boolean;
  /** keys of those that are */
  readonly chosen: readonly string[];
}

/** One namespace of the list. Drawn anew only where something in it changed: of hundreds of interfaces all would be felt. */
export const NamespaceList = memo(
  function NamespaceList({ group: { netns, title, interfaces }, ofLab, chosen }: Shown): React.ReactNode {
    const app = useApp();
    return (
      <div>
        {netns !== null && (
          <h3 className="line mid">
            <span className="cut">{title}</span> {ofLab && <span className="tag ok">lab</span>}
          </h3>
        )}
        <ListBox
          aria-label={netns === null ? "Interfaces of this machine" : `Interfaces of ${title}`}
          className={netns === null ? "" : "inner"}
          onAction={(key) => {
            const found = interfaces.find((one) => placeKey(one) === key);
            if (found === undefined) return;
            void choosePlace(app, found);
            showInterface(app, found);
          }}
        >
          {interfaces.map((one) => {
            const isChosen = chosen.includes(placeKey(one));
            return (
              <ListBoxItem
                key={placeKey(one)}
                id={placeKey(one)}
                className={isChosen ? "line chosen" : "line"}
                textValue={one.name}
              >
                <span className="grow cut">
                  {one.name}
                  {isChosen && <span className="unseen"> chosen</span>}{" "}
                  <span className="dim">
                    {one.driver ?? ""}
                    {one.up ? "" : " · down"}
                  </span>
                </span>
                {one.attached.length === 0 ? (
                  <span className="tag">{bestMode(one)}</span>
                ) : (
                  one.attached.map(({ id, name }) => (
                    <span key={id} className="tag accent cut">
                      {name}
                    </span>
                  ))
                )}
              </ListBoxItem>
            );
          })}
        </ListBox>
      </div>
    );
  },
  (before, now) => JSON.stringify(before) === JSON.stringify(now),
);
