import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { DialogFrame } from "../app/dialog-frame.tsx";
import type { RowsView } from "../maps/rows-view.ts";
import { showDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { BringForm } from "./bring-form.tsx";
import { type Deed, deedTitle, isWriting } from "./deeds.ts";
import { ExportForm } from "./export-form.tsx";

const deeds: readonly Deed[] = ["export", "snapshot", "import", "restore", "compare"];

/** A whole map to a file and back. */
export function FilesMenu({ view }: { readonly view: RowsView }): React.ReactNode {
  const app = useApp();
  const tab = useSession(({ mapTabs }) => mapTabs.find(({ id }) => id === view.state.id));
  const [deed, setDeed] = useState<Deed | null>(null);
  const { readOnly, map } = view.face;
  const close = (): void => setDeed(null);
  if (tab === undefined) return null;
  return (
    <>
      <MenuTrigger>
        <Button className="button small">
          Files{" "}
          <span className="dim" aria-hidden="true">
            ▾
          </span>
        </Button>
        <Popover className="popover" placement="bottom end" offset={2}>
          <Menu
            className="menu"
            aria-label={`Files of ${map.name}`}
            disabledKeys={readOnly === null ? [] : deeds.filter(isWriting)}
            onAction={(key) => {
              if (key === "changes") showDialog(app, { kind: "journal", id: tab.id, name: map.name });
              else setDeed(deeds.find((each) => each === key) ?? null);
            }}
          >
            {deeds.map((each) => (
              <MenuItem key={each} id={each} className="menu-item">
                {deedTitle[each]}…
              </MenuItem>
            ))}
            <MenuItem id="changes" className="menu-item">
              Changes since boot…
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <DialogFrame
        title={deed === null ? "" : `${deedTitle[deed]}: ${map.name}`}
        isOpen={deed !== null}
        close={close}
        large
      >
        {(deed === "export" || deed === "snapshot") && <ExportForm {...{ tab, deed, close }} name={map.name} />}
        {(deed === "import" || deed === "restore" || deed === "compare") && (
          <BringForm {...{ tab, deed, close }} columns={view.face.columns} />
        )}
      </DialogFrame>
    </>
  );
}
