import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { useFocusBack } from "../app/focus-back.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { ariaKeys, keysOf } from "../settings/keys-of.ts";
import {
  announcement,
  type GuardKeys,
  guardedNames,
  type GuardView,
  isWaiting,
  programOf,
  secondsLeft,
  settledWords,
  shareLeft,
  type Stage,
  stageOf,
  whatComesBack,
} from "./guard-views.ts";
import { confirmGuard, dismissGuard, rollBackGuard } from "./hear-guards.ts";

const tickMilliseconds = 250;

/** Attaches with a deadline, each with what is left of its time; those that are over say how they ended. */
export function GuardBars(): React.ReactNode {
  const guards = useSession((state) => state.guards);
  const settings = useSession((state) => state.settings);
  const now = useNow(guards.some(isWaiting));
  const keys: GuardKeys = { keep: keysOf(settings, "keep-attached"), back: keysOf(settings, "roll-back") };
  return (
    <>
      <Announcer guards={guards} now={now} keys={keys} />
      {guards.length > 0 && (
        <section className="guard-bars" aria-label="Deadlines" data-region="guards">
          {guards.map((guard) => (
            <GuardBar key={guard.guard} guard={guard} now={now} keys={keys} />
          ))}
        </section>
      )}
    </>
  );
}

function GuardBar({
  guard,
  now,
  keys,
}: {
  readonly guard: GuardView;
  readonly now: number;
  readonly keys: GuardKeys;
}): React.ReactNode {
  const app = useApp();
  const isOpen = useSession(({ connection }) => connection.state === "open");
  const waiting = isWaiting(guard);
  const bar = useRef<HTMLDivElement | null>(null);
  const focusBack = useFocusBack(bar, !waiting);
  const what = `${programOf(guard)} on ${guardedNames(guard)}`;
  const left = secondsLeft(guard, now);
  return (
    <div
      ref={bar}
      className={`guard-bar ${waiting ? "waiting" : guard.lost === true ? "lost" : guard.state}`}
      role="group"
      aria-label={waiting ? `Deadline of ${what}` : `How the deadline of ${what} ended`}
      tabIndex={-1}
      onFocus={focusBack.onFocus}
    >
      <span className={`codicon ${iconOf(guard)}`} aria-hidden="true" />
      {waiting ? (
        <>
          <p className="grow">
            <b className="guard-seconds" role="timer" aria-label={`seconds left to keep ${what}`}>
              {left === 0 ? "now" : `${left} s`}
            </b>{" "}
            <span>
              {isOpen ? (
                <>
                  <b>{programOf(guard)}</b> on <b>{guardedNames(guard)}</b>{" "}
                  {left === 0 ? "is being rolled back" : "is rolled back unless you keep it"}
                </>
              ) : (
                <>
                  No connection: unless it is back in time, <b>{programOf(guard)}</b> on <b>{guardedNames(guard)}</b> is
                  rolled back
                </>
              )}
              <span className="mid">; {whatComesBack(guard)}.</span>
            </span>
          </p>
          <Button
            className="button go"
            isDisabled={!isOpen}
            {...(keys.keep === null ? {} : { "aria-keyshortcuts": ariaKeys(keys.keep) })}
            onPress={() => void confirmGuard(app, guard)}
          >
            Keep <span className="unseen">{what}</span> <kbd aria-hidden="true">{keys.keep}</kbd>
          </Button>
          <Button
            className="button danger"
            isDisabled={!isOpen}
            {...(keys.back === null ? {} : { "aria-keyshortcuts": ariaKeys(keys.back) })}
            onPress={() => void rollBackGuard(app, guard)}
          >
            Roll back now <span className="unseen">{what}</span> <kbd aria-hidden="true">{keys.back}</kbd>
          </Button>
          <span className="guard-left" aria-hidden="true">
            <span style={{ transform: `scaleX(${shareLeft(guard, now).toFixed(4)})` }} />
          </span>
        </>
      ) : (
        <>
          <p className="grow">
            <b>{what}</b> <span className="guard-words">{settledWords(guard)}.</span>
          </p>
          <Button
            className="icon-button"
            aria-label={`Dismiss: ${settledWords(guard)}`}
            onPress={() => dismissGuard(app, guard.guard)}
          >
            <span className="codicon codicon-close" aria-hidden="true" />
          </Button>
        </>
      )}
    </div>
  );
}

function iconOf({ state, lost }: GuardView): string {
  if (lost === true) return "codicon-question";
  return {
    waiting: "codicon-watch",
    confirmed: "codicon-check",
    "rolled-back": "codicon-discard",
    "left-alone": "codicon-circle-slash",
    failed: "codicon-error",
  }[state];
}

/** At the beginning, at ten seconds, and at the end: not each second. */
function Announcer({
  guards,
  now,
  keys,
}: {
  readonly guards: readonly GuardView[];
  readonly now: number;
  readonly keys: GuardKeys;
}): React.ReactNode {
  const told = useRef(new Map<string, Stage>());
  const [words, setWords] = useState("");
  const stages = guards.map((guard) => ({ guard, stage: stageOf(guard, secondsLeft(guard, now)) }));
  useEffect(() => {
    const fresh = stages.filter(({ guard, stage }) => told.current.get(guard.guard) !== stage);
    for (const { guard, stage } of fresh) told.current.set(guard.guard, stage);
    if (fresh.length > 0) setWords(fresh.map(({ guard, stage }) => announcement(guard, stage, keys)).join(". "));
  }, [stages, keys]);
  return (
    <p className="unseen" role="alert" aria-label="Deadline">
      {words}
    </p>
  );
}

function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!ticking) return;
    const tick = (): void => setNow(performance.now());
    const first = setTimeout(tick);
    const timer = setInterval(tick, tickMilliseconds);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [ticking]);
  return now;
}
