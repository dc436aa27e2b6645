import { useEffect, useRef, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { MapPlan } from "../../protocol/map-files.ts";
import type { Column } from "../../protocol/maps.ts";
import { DialogForm } from "../app/dialog-form.tsx";
import type { MapTab } from "../maps/map-view.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { work } from "../session/work.ts";
import { useBrowsing } from "../workspace/use-browsing.ts";
import { applyPlan } from "./apply-plan.ts";
import { type Deed, fileName } from "./deeds.ts";
import { FilePicker } from "../workspace/file-picker.tsx";
import { PlanDiff } from "./plan-diff.tsx";

interface BringFormProps {
  readonly tab: MapTab;
  readonly deed: Exclude<Deed, "export" | "snapshot">;
  readonly columns: readonly Column[];
  readonly close: () => void;
}

const about = {
  import: "What the file has goes into the map; its other entries stay.",
  restore: "The map becomes what the file says: entries that the file has not are removed.",
  compare: "Nothing is written.",
} as const;

/** A file, then what it would change, then the change. */
export function BringForm({ tab, deed, columns, close }: BringFormProps): React.ReactNode {
  const app = useApp();
  const workspace = useSession((state) => state.workspace.now?.folder ?? state.session?.workspace ?? "/");
  const browsing = useBrowsing(workspace);
  const [first, setFirst] = useState<string | null>(null);
  const [withFile, setWithFile] = useState(false);
  const [seen, setSeen] = useState<{ readonly plan: MapPlan; readonly path: string } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const kept = useRef<number | null>(null);
  useEffect(
    () => () => {
      if (kept.current !== null) app.request("maps.endPlan", { plan: kept.current }).catch(() => undefined);
    },
    [app],
  );
  const look = async (path: string): Promise<void> => {
    if (path.endsWith("/") || busy) return;
    // two files: the first is remembered, and the second asked for
    if (deed === "compare" && withFile && first === null) {
      setFirst(path);
      browsing.field.current?.select();
      return;
    }
    setBusy(true);
    setFailed(null);
    try {
      const before = deed === "compare" ? (first ?? path) : null;
      const after = deed !== "compare" ? path : first === null ? null : path;
      const params = { id: tab.id, netns: tab.place?.netns ?? null, before, after, removes: deed !== "import" };
      const plan = await work(app, { kind: "maps", title: `comparing ${fileName(path)}` }, (token) =>
        app.request("maps.plan", params, token),
      );
      kept.current = plan.plan;
      setSeen({ plan, path });
    } catch (error) {
      const words = wordsOf(error);
      setFailed(words === null ? "cancelled" : [words.title, words.detail].filter(Boolean).join("\n"));
    }
    setBusy(false);
  };
  if (seen !== null) {
    const apply = (): void => {
      kept.current = null;
      void applyPlan(app, tab, seen.plan, `${deed} of ${fileName(seen.path)}`);
      close();
    };
    const sides =
      deed === "compare"
        ? `${fileName(first ?? seen.path)} → ${first === null ? "now" : fileName(seen.path)}`
        : fileName(seen.path);
    return (
      <PlanDiff
        {...{ columns, sides, close }}
        plan={seen.plan}
        apply={deed === "compare" ? null : apply}
        back={() => setSeen(null)}
      />
    );
  }
  return (
    <DialogForm
      submit={() => void look(browsing.path)}
      cancel={close}
      go={busy ? "Reading…" : deed === "compare" && withFile && first === null ? "Next" : "Show the difference"}
      isDisabled={busy}
      wrong={failed}
    >
      <p className="mid">
        {first === null ? about[deed] : `${fileName(first)}, compared with this file:`}{" "}
        {deed !== "compare" && "CSV, JSON of bpftool's shape, commands of bpftool batch, or a snapshot."}
      </p>
      <FilePicker browsing={browsing} choose={(path) => void look(path)} />
      {deed === "compare" && first === null && (
        <RadioGroup
          className="fates"
          aria-label="Compared with"
          orientation="horizontal"
          value={withFile ? "file" : "now"}
          onChange={(value) => setWithFile(value === "file")}
        >
          <Radio value="now" className="fate">
            with the map as it is now
          </Radio>
          <Radio value="file" className="fate">
            with another file
          </Radio>
        </RadioGroup>
      )}
    </DialogForm>
  );
}
