import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly note?: string;
}

interface PickProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: string | null;
  /** while none is chosen */
  readonly placeholder?: string;
  readonly onChoose: (id: string) => void;
}

/** One of a few, in a strip above code. */
export function Pick({ label, choices, chosen, placeholder = "choose", onChoose }: PickProps): React.ReactNode {
  return (
    <Select
      className="code-pick"
      aria-label={label}
      placeholder={placeholder}
      value={chosen}
      onChange={(key) => {
        if (key !== null) onChoose(String(key));
      }}
    >
      <Button className="button small">
        <SelectValue<Choice> className="cut">
          {({ selectedText, defaultChildren }) => selectedText ?? defaultChildren}
        </SelectValue>
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {choices.map(({ id, name, note }) => (
            <ListBoxItem key={id} id={id} className="menu-item" textValue={name}>
              <span className="label">{name}</span>
              {note !== undefined && <span className="dim">{note}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
