import { useState } from "react";
import { Button, Label, TextArea, TextField } from "react-aria-components";
import { DialogForm } from "../app/dialog-form.tsx";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { wordsOf } from "../session/failure-words.ts";
import { useApp } from "../session/use-app.tsx";
import type { RowsView } from "./rows-view.ts";
import { setLayout } from "./watch-rows.ts";

const parts = ["key", "value"] as const;
type Part = (typeof parts)[number];

/** What a map without BTF holds, in C. */
export function LayoutButton({ view }: { readonly view: RowsView }): React.ReactNode {
  const [open, setOpen] = useState(false);
  const { takesLayout, typed, layouts, map } = view.face;
  const missing = parts.some((of) => takesLayout[of] && !typed[of] && layouts[of] === null);
  const kept = parts.some((of) => layouts[of] !== null);
  if (!missing && !kept) return null;
  return (
    <>
      <Button className="button small" onPress={() => setOpen(true)}>
        {missing ? "No BTF: type a layout" : "Layout"}
      </Button>
      <DialogFrame title={`Layout of ${map.name}`} isOpen={open} close={() => setOpen(false)} large>
        {open && <LayoutForm view={view} close={() => setOpen(false)} />}
      </DialogFrame>
    </>
  );
}

function LayoutForm({ view, close }: { readonly view: RowsView; readonly close: () => void }): React.ReactNode {
  const app = useApp();
  const { map, takesLayout, typed, layouts } = view.face;
  const shown = parts.filter((of) => takesLayout[of] && (!typed[of] || layouts[of] !== null));
  const [texts, setTexts] = useState({ key: layouts.key ?? "", value: layouts.value ?? "" });
  const [failed, setFailed] = useState<{ readonly of: Part; readonly why: string } | null>(null);
  const [keeping, setKeeping] = useState(false);
  const keep = async (): Promise<void> => {
    setKeeping(true);
    setFailed(null);
    for (const of of shown) {
      const text = texts[of].trim() === "" ? null : texts[of];
      if (text === layouts[of]) continue;
      try {
        await setLayout(app, map.id, of, text);
      } catch (error) {
        setFailed({ of, why: wordsOf(error)?.title ?? "cancelled" });
        setKeeping(false);
        return;
      }
    }
    close();
  };
  return (
    <DialogForm submit={() => void keep()} cancel={close} go="Keep the layout" isDisabled={keeping}>
      <p className="mid">
        The kernel has no type for it. Type one in C, as the program declares it: clang reads it, and it is kept for
        maps called <span className="mono">{map.name}</span>. Empty: bytes again.
      </p>
      {shown.map((of, index) => (
        <TextField
          key={of}
          className="field"
          value={texts[of]}
          autoFocus={index === 0}
          isInvalid={failed?.of === of}
          onChange={(text) => setTexts({ ...texts, [of]: text })}
        >
          <Label>
            {of === "key" ? "Key" : "Value"}{" "}
            <span className="dim">{of === "key" ? bytes(map.keySize) : bytes(map.valueSize)}</span>
          </Label>
          <TextArea
            className="input mono layout-text"
            rows={Math.min(10, Math.max(3, texts[of].split("\n").length))}
            spellCheck={false}
            placeholder={
              of === "key" ? "struct { __be32 addr; __u16 port; }" : "struct { __u64 packets; __u64 bytes; }"
            }
            aria-describedby={failed?.of === of ? `layout-failed-${map.id}` : undefined}
            onKeyDown={(event) => {
              if (event.key === "Enter" && event.ctrlKey) void keep();
            }}
          />
          {failed?.of === of && (
            <p id={`layout-failed-${map.id}`} className="bad-text" role="alert">
              {failed.why}
            </p>
          )}
        </TextField>
      ))}
    </DialogForm>
  );
}

function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
