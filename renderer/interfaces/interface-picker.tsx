import { useMemo } from "react";
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
import { useApp, useSession } from "../session/use-app.tsx";
import { choosePlace } from "./choose-place.ts";
import { groupByNamespace, isOfLab, placeKey } from "./places.ts";

export function InterfacePicker(): React.ReactNode {
  const app = useApp();
  const listing = useSession((state) => state.interfaces);
  const place = useSession((state) => state.place);
  const lab = useSession((state) => state.lab);
  const groups = useMemo(() => groupByNamespace(listing?.interfaces ?? [], lab), [listing, lab]);
  const chosen = listing?.interfaces.find((one) => place !== null && placeKey(one) === placeKey(place)) ?? null;
  return (
    <Select
      className="interface-pick"
      aria-label="Interface"
      value={place === null ? null : placeKey(place)}
      onChange={(key) => {
        const found = listing?.interfaces.find((one) => placeKey(one) === key);
        if (found !== undefined) void choosePlace(app, found);
      }}
    >
      <Button className="button pick">
        <SelectValue className="cut">
          {chosen === null ? (
            <span className="dim">Choose an interface</span>
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
                  className="menu-item"
                  textValue={`${one.name} ${one.netns ?? ""}`}
                >
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
      </Popover>
    </Select>
  );
}
