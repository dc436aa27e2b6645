import { Button } from "react-aria-components";
import type { ProgramVerdict, Verdict } from "../../protocol/verify.ts";
import { bytes, count, milliseconds, processedLimit, shareOfLimit } from "./sizes.ts";
import { stackWords } from "./verdict-words.ts";

const stackLimit = 512;

interface Props {
  readonly program: ProgramVerdict;
  readonly verdict: Verdict;
  /** null where that is being done, or cannot be */
  readonly stepThrough: (() => void) | null;
}

/** What the kernel counted while it accepted a program. */
export function AcceptedCard({ program, verdict, stepThrough }: Props): React.ReactNode {
  const { name, instructions, processed, states, peakStates, stackDepths, jitedBytes, section, type } = program;
  const { verificationMicroseconds: micros } = program;
  const share = Math.min(1, processed / processedLimit);
  return (
    <section className="accepted" aria-label={`Statistics of ${name}`}>
      <h2>
        <span className="tag ok">accepted</span>
        <span>{name}</span>
        <span className="dim">
          SEC("{section}") · {type}
        </span>
      </h2>
      <dl className="pairs">
        <Pair name="Instructions">{count(instructions)}</Pair>
        <Pair name="Processed">
          <span className="limit">
            <span className="limit-track" aria-hidden="true">
              <span style={{ width: `max(2px, ${share * 100}%)` }} />
            </span>
            {count(processed)} of {count(processedLimit)} · {shareOfLimit(processed)} of the limit
          </span>
        </Pair>
        {states !== null && (
          <Pair name="States">
            {count(states)} in all{peakStates !== null && ` · ${count(peakStates)} at most at one time`}
          </Pair>
        )}
        {stackDepths.length > 0 && (
          <Pair name="Stack">
            {stackWords(stackDepths)}
            <span className="dim">
              {stackDepths.length > 1 ? ` · the program and its functions, ` : " of "}
              {stackLimit} B{stackDepths.length > 1 && " along a chain of calls"}
            </span>
          </Pair>
        )}
        <Pair name="Machine code">{jitedBytes > 0 ? `${bytes(jitedBytes)}, jited` : "not jited: interpreted"}</Pair>
        {micros !== null && (
          <Pair name="Verification">{micros < 1000 ? `${micros} µs` : milliseconds(micros / 1000)} in the kernel</Pair>
        )}
        <Pair name="From text to verdict">
          {milliseconds(verdict.milliseconds)}
          <span className="dim"> · of that the build {milliseconds(verdict.build.milliseconds)}</span>
        </Pair>
      </dl>
      {stepThrough !== null && (
        <p className="row">
          <Button className="button small" onPress={stepThrough}>
            Step through
          </Button>
          <span className="dim">
            Of an accepted program the kernel keeps no steps: it is verified once more to tell them.
          </span>
        </p>
      )}
    </section>
  );
}

function Pair({ name, children }: { readonly name: string; readonly children: React.ReactNode }): React.ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{children}</dd>
    </div>
  );
}
