import { useState } from "react";
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Separator,
  SubmenuTrigger,
  Toolbar,
} from "react-aria-components";
import { openTemplate } from "../templates/open-template.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { changeSetting } from "../settings/apply-settings.ts";
import { ariaKeys, keysOf } from "../settings/keys-of.ts";
import { type Action, type MenuName, menuNames } from "./action.ts";
import { actions } from "./actions.ts";
import { chooseTheme, themeChoices } from "./theme.ts";

export function MenuBar(): React.ReactNode {
  const [open, setOpen] = useState<MenuName | null>(null);
  const workspace = useSession(({ session, workspace: { now } }) =>
    session === null ? "" : underHome(now?.folder ?? session.workspace, session.home),
  );
  const [header, setHeader] = useState<HTMLElement | null>(null);
  const step = (from: MenuName, by: 1 | -1): void => {
    const at = menuNames.indexOf(from);
    setOpen(menuNames[(at + by + menuNames.length) % menuNames.length] ?? null);
  };
  return (
    <header className="menu-bar" data-region="menus" ref={setHeader}>
      <h1>XDP Workbench</h1>
      <Toolbar aria-label="Menus">
        {menuNames.map((name) => (
          <MenuTrigger
            key={name}
            isOpen={open === name}
            onOpenChange={(is) => setOpen(is ? name : (now) => (now === name ? null : now))}
          >
            <Button className="menu-button" onHoverStart={() => setOpen((now) => (now === null ? null : name))}>
              {name}
            </Button>
            <Popover
              className="popover"
              placement="bottom start"
              offset={2}
              isNonModal
              {...(header === null ? {} : { UNSTABLE_portalContainer: header })}
            >
              <div
                onKeyDownCapture={(event) => {
                  const sub = (event.target as HTMLElement).closest("[data-submenu]") !== null;
                  const opens = (event.target as HTMLElement).getAttribute("aria-haspopup") !== null;
                  if (sub || (event.key === "ArrowRight" && opens)) return;
                  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
                    event.preventDefault();
                    event.stopPropagation();
                    step(name, event.key === "ArrowRight" ? 1 : -1);
                  }
                }}
              >
                <MenuOf name={name} />
              </div>
            </Popover>
          </MenuTrigger>
        ))}
      </Toolbar>
      <span className="grow" />
      <span className="dim cut" title="workspace: where new files go">
        {workspace}
      </span>
    </header>
  );
}

/** As a shell would write it. */
function underHome(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function MenuOf({ name }: { readonly name: MenuName }): React.ReactNode {
  const app = useApp();
  const state = useSession((whole) => whole);
  const listed = actions.filter(({ menu, hidden }) => menu === name && hidden !== true);
  const disabled = listed.filter(({ enabled }) => enabled?.(state) === false).map(({ id }) => id);
  return (
    <Menu
      className="menu"
      aria-label={name}
      autoFocus="first"
      disabledKeys={disabled}
      onAction={(key) => {
        const action = listed.find(({ id }) => id === key);
        // after the menu has given the focus back, so that what it opens can take it
        if (action !== undefined) setTimeout(() => action.run(app));
      }}
    >
      {name === "File" && <TemplatesItem />}
      {listed.map((action) => [
        action.apart === true && <Separator key={`${action.id}-line`} className="menu-line" />,
        <ActionItem key={action.id} action={action} />,
      ])}
      {name === "View" && <Separator className="menu-line" />}
      {name === "View" && <ThemeItem />}
    </Menu>
  );
}

function ActionItem({ action: { id, title } }: { readonly action: Action }): React.ReactNode {
  const keys = useSession(({ settings }) => keysOf(settings, id));
  return (
    <MenuItem
      id={id}
      className="menu-item"
      textValue={title}
      {...(keys === null ? {} : { "aria-keyshortcuts": ariaKeys(keys) })}
    >
      <span className="label">{title}</span>
      {keys !== null && <kbd aria-hidden="true">{keys}</kbd>}
    </MenuItem>
  );
}

function TemplatesItem(): React.ReactNode {
  const app = useApp();
  const templates = useSession((state) => state.templates);
  return (
    <SubmenuTrigger>
      <MenuItem id="templates" className="menu-item" textValue="Open template">
        <span className="label">Open template</span>
        <span aria-hidden="true">›</span>
      </MenuItem>
      <Popover className="popover">
        <Menu
          className="menu"
          aria-label="Open template"
          data-submenu=""
          onAction={(key) => void openTemplate(app, String(key))}
        >
          {templates.map(({ id, title, summary }) => (
            <MenuItem key={id} id={id} className="menu-item" textValue={title}>
              <span className="label">{title}</span>
              <span className="description">{summary}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </SubmenuTrigger>
  );
}

function ThemeItem(): React.ReactNode {
  const app = useApp();
  const theme = useSession((state) => state.theme);
  return (
    <SubmenuTrigger>
      <MenuItem id="theme" className="menu-item" textValue="Theme">
        <span className="label">Theme</span>
        <span aria-hidden="true">›</span>
      </MenuItem>
      <Popover className="popover">
        <Menu
          className="menu"
          aria-label="Theme"
          data-submenu=""
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[theme]}
          onAction={(key) => {
            const chosen = themeChoices.find(({ choice }) => choice === key);
            if (chosen === undefined) return;
            chooseTheme(chosen.choice);
            app.store.set({ theme: chosen.choice });
            changeSetting(app, { theme: chosen.choice });
          }}
        >
          {themeChoices.map(({ choice, title }) => (
            <MenuItem key={choice} id={choice} className="menu-item" textValue={title}>
              <span className="label">{title}</span>
              {choice === theme && <span aria-hidden="true">✓</span>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </SubmenuTrigger>
  );
}
