import { useMemo } from "react";
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
import { activeSource, buildOf, type OpenSource } from "../editor/open-sources.ts";
import { isXdp, locatePrograms } from "../editor/locate-programs.ts";
import { textAt, wholeText } from "../editor/texts.ts";
import { useApp, useSession } from "../session/use-app.tsx";

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

/** Of the last build, or as they stand in the text before the first one. */
function xdpPrograms(source: OpenSource | null): readonly string[] {
  if (source === null) return [];
  const build = buildOf(source.check);
  if (build?.ok === true) return build.programs.filter(({ type }) => type === "xdp").map(({ name }) => name);
  const text = textAt(source.path);
  return text === undefined
    ? []
    : locatePrograms(wholeText(text))
        .filter(isXdp)
        .map(({ name }) => name);
}
