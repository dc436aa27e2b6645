import { useEffect, useState } from "react";
import type { ProgramVerdict } from "../../protocol/verify.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp } from "../session/use-app.tsx";
import { isCut } from "./log-limit.ts";
import { LogView } from "./log-view.tsx";
import type { Walked } from "./use-walk.ts";

interface Props {
  readonly program: ProgramVerdict;
  readonly walked: Walked | null;
  readonly path: string;
}

/** The log as the kernel wrote it: what did not come with the verdict is asked for now. */
export function WholeLog({ program, walked, path }: Props): React.ReactNode {
  const app = useApp();
  const { name, log, rejection } = program;
  const cut = isCut(log);
  const object = walked?.object ?? null;
  const [loaded, setLoaded] = useState<{ readonly of: string; readonly text: string } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    if (!cut || object === null) return;
    let ended = false;
    const load = async (): Promise<void> => {
      let text = "";
      for (let total = 1; text.length < total && !ended; ) {
        const part = await app.request("verify.log", { object, program: name, from: text.length });
        total = part.text === "" ? 0 : part.total;
        text += part.text;
      }
      if (!ended) setLoaded({ of: log, text });
    };
    load().catch((error: unknown) => setFailed(wordsOf(error)?.title ?? null));
    return () => {
      ended = true;
    };
  }, [app, cut, object, name, log]);
  const whole = !cut ? log : loaded?.of === log ? loaded.text : null;
  if (whole === null && failed === null) return <p className="empty">Reading the log…</p>;
  return (
    <section className="verifier-log" aria-label={`Verifier's log of ${name}`}>
      {failed !== null && cut && <p className="empty">{failed}. Its ends are shown.</p>}
      <LogView text={whole ?? log} name={name} path={path} telling={rejection?.telling ?? null} />
    </section>
  );
}
