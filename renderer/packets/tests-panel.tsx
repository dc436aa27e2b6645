import { useState } from "react";
import { Button, ListBox, ListBoxItem } from "react-aria-components";
import type { PacketsReport } from "../../protocol/packets.ts";
import { activeSource, baseName } from "../editor/open-sources.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { milliseconds } from "../verify/sizes.ts";
import { CaseView } from "./case-view.tsx";
import { activeRun, isStale } from "./packet-runs.ts";
import { runPacketTests, showCase } from "./run-packet-tests.ts";

/** The packets.json of the active source's folder: its cases, and of one what was expected and what came. */
export function TestsPanel(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  const run = useSession(activeRun);
  const stale = useSession((state) => run !== null && isStale(run, state));
  if (source === null) {
    return (
      <p className="empty">
        Packet tests of the source that you edit appear here: packets.json beside it says what it should do with which
        packet. Open a template or a file.
      </p>
    );
  }
  const report = run?.report ?? null;
  const failed = run?.failed ?? null;
  return (
    <div className={stale ? "tests stale" : "tests"}>
      <div className="strip">
        <Button className="button small" isPending={run?.running === true} onPress={() => void runPacketTests(app)}>
          Run packet tests
        </Button>
        <span role="status" aria-label="Packet tests" className="cut">
          {run?.running === true ? "running…" : failed !== null ? "" : report === null ? "" : summary(report)}
        </span>
        <span className="grow" />
        {stale && <span className="dim">edited since</span>}
      </div>
      {failed !== null ? (
        <p className="empty bad-text" role="alert">
          {failed.title}
          {failed.detail !== "" && <span className="mid"> {failed.detail}</span>}
        </p>
      ) : report === null ? (
        <p className="empty">
          The packets of the packets.json beside {baseName(source.path)} are run through the program on this kernel,
          attached to nothing.
        </p>
      ) : (
        <Cases key={report.file} report={report} />
      )}
    </div>
  );
}

function Cases({ report }: { readonly report: PacketsReport }): React.ReactNode {
  const app = useApp();
  const { file, cases } = report;
  const [chosen, setChosen] = useState<string | null>(null);
  const kept = cases.findIndex(({ name }) => name === chosen);
  const failing = cases.findIndex(({ passed }) => !passed);
  const shown = kept >= 0 ? kept : Math.max(0, failing);
  const one = cases[shown];
  return (
    <div className="cases">
      <ListBox
        aria-label="Cases"
        className="case-list"
        selectionMode="single"
        selectionBehavior="replace"
        disallowEmptySelection
        selectedKeys={[String(shown)]}
        onSelectionChange={(keys) => {
          const [key] = keys === "all" ? [] : [...keys];
          setChosen(cases[Number(key)]?.name ?? null);
        }}
        onAction={(key) => void showCase(app, file, Number(key))}
      >
        {cases.map(({ name, passed, action }, index) => (
          <ListBoxItem
            key={name}
            id={String(index)}
            className="line case"
            textValue={`${name}: ${passed ? "passed" : "failed"}`}
          >
            <span className={passed ? "ok-text" : "bad-text"} aria-hidden="true">
              {passed ? "✓" : "✗"}
            </span>
            <span className="grow cut">{name}</span>
            <span className="unseen">{passed ? "passed" : "failed"}</span>
            <span className="dim mono">{action ?? "not run"}</span>
          </ListBoxItem>
        ))}
      </ListBox>
      {one !== undefined && <CaseView file={file} index={shown} of={one} />}
    </div>
  );
}

function summary({ passed, failed, program, build, milliseconds: took }: PacketsReport): string {
  const counts = failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} failed`;
  return `${counts} · ${program} of ${baseName(build.path)} · ${milliseconds(took)}`;
}
