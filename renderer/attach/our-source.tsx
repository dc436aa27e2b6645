import { Button } from "react-aria-components";
import type { OurAttachment } from "../../protocol/attach.ts";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import { openSource } from "../editor/open-source.ts";
import { baseName } from "../editor/open-sources.ts";
import { useApp, useSession } from "../session/use-app.tsx";

/** The source that an attached program of ours came from, also when another start of the workbench attached it. */
export function OurSource({ of }: { readonly of: AttachedProgram }): React.ReactNode {
  const app = useApp();
  const ours = useSession((state) => state.ours);
  const found = ourOf(ours ?? [], of);
  if (found === null) return <span className="dim">attached by somebody else</span>;
  return (
    <>
      <Button
        className="link-button"
        aria-label={`Open ${found.source}`}
        onPress={() => void openSource(app, found.source)}
      >
        {baseName(found.source)}
      </Button>{" "}
      <span className="dim">attached {when(found.since)}</span>
    </>
  );
}

function ourOf(ours: readonly OurAttachment[], { id, tag, loadTime }: AttachedProgram): OurAttachment | null {
  return ours.find(({ program }) => program.id === id && program.tag === tag && program.loadTime === loadTime) ?? null;
}

function when(seconds: number): string {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }).format(seconds * 1000);
}
