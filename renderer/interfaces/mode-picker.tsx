import { Button, ListBox, ListBoxItem, Popover, Select, Text } from "react-aria-components";
import type { WantedMode } from "../../protocol/interfaces.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { modeTitle } from "./places.ts";

const modes: readonly WantedMode[] = ["auto", "native", "skb", "hw"];

export function ModePicker(): React.ReactNode {
  const app = useApp();
  const mode = useSession((state) => state.mode);
  const details = useSession((state) => state.details);
  const support = (wanted: WantedMode) => details?.modes.find((one) => one.mode === wanted);
  const unsupported = modes.filter((wanted) => support(wanted)?.supported === false);
  return (
    <Select
      aria-label="Mode"
      value={mode}
      disabledKeys={unsupported}
      onChange={(key) => {
        const chosen = modes.find((one) => one === key);
        if (chosen !== undefined) app.store.set({ mode: chosen });
      }}
    >
      <Button className="button pick narrow">
        <span className={unsupported.includes(mode) ? "struck" : ""}>{modeTitle(mode)}</span>
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <Popover className="popover wide">
        <ListBox className="menu">
          {modes.map((wanted) => {
            const known = support(wanted);
            const why = wanted === "auto" ? "native where the driver can, else generic" : known?.why;
            return (
              <ListBoxItem key={wanted} id={wanted} className="menu-item two-lines" textValue={modeTitle(wanted)}>
                <Text slot="label">
                  {modeTitle(wanted)}
                  {known?.supported === false && <span className="tag">not supported</span>}
                  {known?.supported === null && <span className="tag warn">unknown</span>}
                </Text>
                {why !== undefined && <Text slot="description">{why}</Text>}
              </ListBoxItem>
            );
          })}
        </ListBox>
      </Popover>
    </Select>
  );
}
