import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
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
        <SelectValue className={unsupported.includes(mode) ? "struck" : ""}>{modeTitle(mode)}</SelectValue>
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
                <span className="label">
                  {modeTitle(wanted)}
                  {known?.supported === false && <span className="tag">not supported</span>}
                  {known?.supported === null && <span className="tag warn">unknown</span>}
                </span>
                {why !== undefined && <span className="description">{why}</span>}
              </ListBoxItem>
            );
          })}
        </ListBox>
      </Popover>
    </Select>
  );
}
