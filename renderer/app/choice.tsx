import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue, Text } from "react-aria-components";

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T | null;
  /** a note stands below its title */
  readonly items: readonly { readonly id: T; readonly title: string; readonly note?: string }[];
  readonly choose: (id: T) => void;
  readonly width: "wide" | "narrow";
  /** below it, of what is chosen */
  readonly about?: string;
}

/** One of a list, with its label above. */
export function Choice<T extends string>(props: ChoiceProps<T>): React.ReactNode {
  const { label, value, items, choose, width, about } = props;
  return (
    <Select
      className="field"
      value={value}
      onChange={(key) => {
        const chosen = items.find(({ id }) => id === key);
        if (chosen !== undefined) choose(chosen.id);
      }}
      isDisabled={items.length === 0}
      placeholder={items.length === 0 ? "there is none" : "choose one"}
    >
      <Label>{label}</Label>
      <Button className={`button pick ${width}`}>
        <SelectValue>{({ defaultChildren, selectedText }) => selectedText ?? defaultChildren}</SelectValue>
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <Popover className={width === "wide" ? "popover wide" : "popover"}>
        <ListBox className="menu" items={items}>
          {({ id, title, note }) =>
            note === undefined ? (
              <ListBoxItem id={id} className="menu-item">
                {title}
              </ListBoxItem>
            ) : (
              <ListBoxItem id={id} className="menu-item two-lines" textValue={title}>
                <span className="label">{title}</span>
                <span className="description">{note}</span>
              </ListBoxItem>
            )
          }
        </ListBox>
      </Popover>
      {about !== undefined && (
        <Text slot="description" className="mid">
          {about}
        </Text>
      )}
    </Select>
  );
}
