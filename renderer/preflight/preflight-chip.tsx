import { useState } from "react";
import { Button, Dialog, DialogTrigger, Heading } from "react-aria-components";
import { ToolPopover } from "../app/tool-popover.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { askPreflight } from "./ask-preflight.ts";
import { summaryOf } from "./preflight-lines.ts";
import { PreflightList } from "./preflight-list.tsx";

const signs = { stops: "✗", costs: "!", fine: "✓" } as const;

/** Beside the pickers: in two words what stands in the way there, and behind it every line. */
export function PreflightChip(): React.ReactNode {
  const app = useApp();
  const view = useSession((state) => state.preflight);
  const place = useSession((state) => state.place);
  const [open, setOpen] = useState(false);
  if (place === null) return null;
  const answer = view?.answer ?? null;
  const summary = answer === null ? null : summaryOf(answer);
  const failed = view?.failed ?? null;
  const words = summary?.words ?? (failed === null ? "looking…" : "not looked");
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button
        className={`button preflight-chip ${summary?.weight ?? ""}`}
        aria-label={`Before attaching: ${words}`}
        onPress={() => void askPreflight(app)}
      >
        <span className={`sign ${summary?.weight ?? ""}`} aria-hidden="true">
          {summary === null ? (failed === null ? "…" : "?") : signs[summary.weight]}
        </span>
        {summary?.weight !== "fine" && summary !== null && <span>{words}</span>}
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <ToolPopover className="preflight-popover">
        <Dialog className="preflight">
          <Heading slot="title" level={2}>
            Before attaching{" "}
            {view?.asking === true && (
              <span className="dim" role="status">
                looking again…
              </span>
            )}
          </Heading>
          {failed !== null && <p className="bad-text">It could not be looked: {failed}. The kernel decides.</p>}
          {answer !== null && <PreflightList places={answer.places} />}
          {answer === null && failed === null && <p className="mid">Looking…</p>}
          <p className="dim">“expected” is what the workbench knows of drivers and kernels; the kernel decides.</p>
        </Dialog>
      </ToolPopover>
    </DialogTrigger>
  );
}
