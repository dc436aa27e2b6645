/** A list under a field that narrows while somebody types: interfaces with their namespaces, programs, ports. */
import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type { RowsChoice } from "../../protocol/choices.ts";
import type { Column } from "../../protocol/maps.ts";
import { useApp } from "../session/use-app.tsx";

export interface PickSource {
  readonly id: number;
  /** in which a devmap's entries are written */
  readonly netns: string | null;
  readonly columns: readonly Column[];
}

/** The table whose cells are typed into; null where there is nothing to pick. */
export const PickContext = createContext<PickSource | null>(null);

interface PickingOptions {
  readonly column: Column;
  readonly typed: string;
  /** while it is what was there already, all are shown */
  readonly untouched: boolean;
  /** somebody is typing into it */
  readonly isActive: boolean;
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly take: (value: string) => void;
}

export interface Picking {
  /** there is something to pick in this column */
  readonly has: boolean;
  /** of the input */
  readonly attributes: Pick<
    React.InputHTMLAttributes<HTMLInputElement>,
    "role" | "aria-autocomplete" | "aria-expanded" | "aria-controls" | "aria-activedescendant"
  >;
  readonly list: React.ReactNode;
  /** whether the list took the key */
  onKey(event: React.KeyboardEvent): boolean;
}

const mostShown = 200;

export function usePicking({ column, typed, untouched, isActive, field, take }: PickingOptions): Picking {
  const choices = useChoices(column);
  const [at, setAt] = useState(-1);
  const [closed, setClosed] = useState(false);
  const [typedBefore, setTypedBefore] = useState(typed);
  const id = useId();
  if (typedBefore !== typed) {
    setTypedBefore(typed);
    setAt(-1);
    setClosed(false);
  }
  const text = untouched ? "" : typed.trim().toLowerCase();
  const fitting = choices
    .filter(({ value, about }) => value.toLowerCase().includes(text) || about.toLowerCase().includes(text))
    .slice(0, mostShown);
  const isOpen =
    isActive && !closed && fitting.length > 0 && !fitting.some(({ value }) => !untouched && value === typed);
  const choose = (value: string): void => {
    take(value);
    setClosed(true);
  };
  return {
    has: choices.length > 0,
    attributes:
      choices.length === 0
        ? {}
        : {
            role: "combobox",
            "aria-autocomplete": "list",
            "aria-expanded": isOpen,
            ...(isOpen ? { "aria-controls": id } : {}),
            ...(isOpen && at >= 0 ? { "aria-activedescendant": `${id}-${at}` } : {}),
          },
    onKey(event) {
      if (!isOpen) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const step = event.key === "ArrowDown" ? 1 : -1;
        setAt((at + step + (at < 0 && step < 0 ? 1 : 0) + fitting.length) % fitting.length);
      } else if (event.key === "Enter" && at >= 0 && !event.ctrlKey) choose(fitting[at]?.value ?? typed);
      else if (event.key === "Escape" && at >= 0) setAt(-1);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
    list: isOpen ? <PickList {...{ id, fitting, at, field, choose }} of={column.path} /> : null,
  };
}

/** Asked for anew whenever somebody begins: interfaces and programs come and go. */
function useChoices(column: Column): readonly RowsChoice[] {
  const app = useApp();
  const source = useContext(PickContext);
  const [choices, setChoices] = useState<readonly RowsChoice[]>([]);
  const index = source?.columns.findIndex(({ path, from }) => path === column.path && from === column.from) ?? -1;
  const id = source?.id ?? 0;
  const netns = source?.netns ?? null;
  useEffect(() => {
    if (index < 0) return undefined;
    let wanted = true;
    app.request("rows.choices", { id, column: index, netns }).then(
      (answer) => wanted && setChoices(answer.choices),
      // nothing is proposed then; what is typed counts
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [app, id, index, netns]);
  return choices;
}

interface PickListProps {
  readonly id: string;
  /** the column */
  readonly of: string;
  readonly fitting: readonly RowsChoice[];
  readonly at: number;
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly choose: (value: string) => void;
}

const highest = 260;

/** Beside the table, which would cut it off. */
function PickList({ id, of, fitting, at, field, choose }: PickListProps): React.ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<React.CSSProperties>({ visibility: "hidden" });
  const count = fitting.length;
  useLayoutEffect(() => {
    const follow = (): void => {
      const rect = field.current?.getBoundingClientRect();
      if (rect === undefined) return;
      const height = Math.min(highest, box.current?.scrollHeight ?? highest);
      const below = rect.bottom + height + 8 < innerHeight || rect.top < height;
      setPlace({ left: rect.left, minWidth: rect.width, top: below ? rect.bottom + 2 : rect.top - height - 4 });
    };
    follow();
    addEventListener("scroll", follow, { capture: true, passive: true });
    addEventListener("resize", follow);
    return () => {
      removeEventListener("scroll", follow, { capture: true });
      removeEventListener("resize", follow);
    };
  }, [field, count]);
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return createPortal(
    <div role="listbox" id={id} aria-label={`Choices for ${of}`} className="popover pick-list" ref={box} style={place}>
      {fitting.map(({ value, about }, index) => (
        <div
          key={value}
          role="option"
          id={`${id}-${index}`}
          aria-selected={index === at}
          className={index === at ? "menu-item on" : "menu-item"}
          // the field keeps the focus
          onMouseDown={(event) => {
            event.preventDefault();
            choose(value);
          }}
        >
          <span className="mono">{value}</span>
          <span className="dim">{about}</span>
        </div>
      ))}
    </div>,
    document.querySelector("main") ?? document.body,
  );
}
