import { useMemo } from "react";
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
import { activeSource } from "../editor/open-sources.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { xdpPrograms } from "./xdp-programs.ts";

/** Only where a source has several XDP programs: which of them to attach. */
export function ProgramPicker(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  const chosen = useSession((state) => state.program);
  const names = useMemo(() => xdpPrograms(source), [source]);
  if (names.length < 2) return null;
  const shown = chosen !== null && names.includes(chosen) ? chosen : null;
  return (
    <Select
      className="program-pick"
      aria-label="Program"
      placeholder="Choose the program"
      value={shown}
      onChange={(key) => app.store.set({ program: key === null ? null : String(key) })}
    >
      <Button className="button pick">
        <SelectValue />
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {names.map((name) => (
            <ListBoxItem key={name} id={name} className="menu-item">
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
