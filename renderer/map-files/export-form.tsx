import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { MapExportParams } from "../../protocol/map-files.ts";
import { DialogForm } from "../app/dialog-form.tsx";
import type { MapTab } from "../maps/map-view.ts";
import { wordsOf } from "../session/failure-words.ts";
import { notify } from "../session/notices.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { work } from "../session/work.ts";
import { useBrowsing } from "../workspace/use-browsing.ts";
import { joinPath } from "../workspace/workspace-view.ts";
import { FilePicker } from "../workspace/file-picker.tsx";
import { fileName } from "./deeds.ts";

interface ExportFormProps {
  readonly tab: MapTab;
  readonly name: string;
  readonly deed: "export" | "snapshot";
  readonly close: () => void;
}

type Format = Exclude<MapExportParams["format"], "snapshot">;
const formats: readonly { readonly format: Format; readonly what: string; readonly ending: string }[] = [
  { format: "csv", what: "CSV", ending: ".csv" },
  { format: "json", what: "JSON of bpftool", ending: ".json" },
  { format: "batch", what: "bpftool batch", ending: ".batch" },
];

/** Where to, and in what form. */
export function ExportForm({ tab, name, deed, close }: ExportFormProps): React.ReactNode {
  const app = useApp();
  const workspace = useSession((state) => state.workspace.now?.folder ?? state.session?.workspace ?? "/");
  const plain = name.replace(/[^\w.-]/g, "_");
  const usual = deed === "snapshot" ? `${plain}-${stamp()}.json` : `${plain}.csv`;
  const browsing = useBrowsing(workspace, usual);
  const { path, setPath, folder, entries } = browsing;
  const [format, setFormat] = useState<Format>("csv");
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const there = entries.some((entry) => entry.kind !== "directory" && joinPath(folder, entry.name) === path);
  const choose = (next: Format): void => {
    setFormat(next);
    const ending = formats.find((one) => one.format === next)?.ending ?? "";
    if (formats.some((one) => path.endsWith(one.ending))) setPath(path.replace(/\.[a-z]+$/, ending));
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      const params = { id: tab.id, path, format: deed === "snapshot" ? ("snapshot" as const) : format };
      const { entries: count } = await work(app, { kind: "maps", title: `writing ${fileName(path)}` }, (token) =>
        app.request("maps.export", params, token),
      );
      notify(app, {
        kind: "info",
        title: `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"} of ${name} in ${path}`,
      });
      close();
    } catch (error) {
      setFailed(wordsOf(error)?.title ?? "cancelled");
      setBusy(false);
    }
  };
  return (
    <DialogForm
      submit={() => {
        if (!busy) void submit();
      }}
      cancel={close}
      go={busy ? "Writing…" : deed === "export" ? "Export" : "Keep"}
      isDisabled={busy || path.endsWith("/")}
      wrong={failed}
    >
      <FilePicker browsing={browsing} choose={setPath} />
      {deed === "export" ? (
        <RadioGroup
          className="fates"
          aria-label="Format"
          orientation="horizontal"
          value={format}
          onChange={(value) => choose(formats.find((one) => one.format === value)?.format ?? "csv")}
        >
          {formats.map((one) => (
            <Radio key={one.format} value={one.format} className="fate">
              {one.what}
            </Radio>
          ))}
        </RadioGroup>
      ) : (
        <p className="mid">All entries, and which map it was, and when: to compare with later, or to go back to.</p>
      )}
      {there && <p className="warn-text">It takes the place of the file that is there.</p>}
    </DialogForm>
  );
}

/** "20261123-1405", local time */
function stamp(): string {
  const now = new Date();
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}`;
}
