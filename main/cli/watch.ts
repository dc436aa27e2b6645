/** xdpw watch: what becomes of redirected packets, and how often attached programs run, once a second until Ctrl+C. */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { RedirectRow, RedirectsState } from "../../protocol/redirects.ts";
import type { WorkbenchSession } from "../workbench.ts";
import { checkedNumber } from "./checked.ts";
import { findDevice, listFor, placeOf, type WantedPlace, wantedPlace } from "./choose-place.ts";
import { type CommandContext, flagText } from "./command.ts";
import { createRunWatch } from "./watch-runs.ts";
import { beginText, type Moment, momentJson, momentText } from "./watch-text.ts";

const longest = 86_400;

export async function runWatch(context: CommandContext): Promise<null> {
  const { typed, token, show, paint } = context;
  const wanted = wantedPlace(typed);
  const namespaceNamed = typed.flags["netns"] !== undefined;
  const seconds = flagText(typed, "seconds");
  const limit = seconds === null ? null : checkedNumber(seconds, 1, longest, "--seconds");
  const place = wanted.device === null ? null : placeOf(await findPlace(context, wanted));

  let over: (error: Failed | null) => void = () => undefined;
  const ended = new Promise<Failed | null>((resolve) => {
    over = resolve;
  });
  let printed: Promise<void> = Promise.resolve();
  const told = new Set<string>();
  const runs = createRunWatch(() => session.handlers, wanted, namespaceNamed);
  const print = async (state: RedirectsState): Promise<void> => {
    const rows = state.rows.filter((row) => isWanted(row, place, wanted, namespaceNamed));
    const moment: Moment = {
      at: new Date(),
      rows: rows.filter(({ rate, lossRate }) => rate > 0 || lossRate > 0),
      runs: await runs.read(),
      uncounted: state.uncounted,
    };
    const lines = momentJson(moment, told);
    const text = momentText(moment, told, paint);
    if (lines.length > 0) await show({ ok: true, text, json: { pieces: jsonLines(lines) } });
    if (limit !== null && state.seconds >= limit) over(null);
  };
  const session: WorkbenchSession = context.workbench.connect((notification, params) => {
    if (notification === "redirects.counted" && "rows" in params) {
      const state = params as RedirectsState;
      printed = printed.then(() => print(state)).catch((error: unknown) => over(asFailed(error)));
    }
    if (notification === "redirects.gone" && "why" in params)
      over(new Failed({ kind: "helper-gone", message: `watch: ${params.why}` }));
    if (notification === "interfaces.changed") runs.changed();
  });
  const stopping = token.onCancellationRequested(() => over(null));
  try {
    await session.handlers["redirects.watch"]({}, { token });
    await session.handlers["interfaces.watch"]({}, { token });
    // runs are differences: from now on
    await runs.read();
    await show({
      ok: true,
      text: beginText(place, namespaceNamed ? wanted.netns : null, paint),
      json: { pieces: jsonLines([{ kind: "watching", at: now() }]) },
    });
    if (token.isCancellationRequested) over(null);
    const failed = await ended;
    await printed;
    if (failed !== null) throw failed;
  } finally {
    stopping.dispose();
    session.end();
  }
  return null;
}

const now = (): number => Date.now() / 1_000;

async function findPlace(context: CommandContext, { netns, device }: WantedPlace) {
  return findDevice(await listFor(context, netns), netns, device ?? "");
}

/** Rows that a named interface, or a named namespace, has a part in; what tells of no interface goes with all. */
function isWanted(
  { from, to }: RedirectRow,
  place: Place | null,
  { netns }: WantedPlace,
  namespaceNamed: boolean,
): boolean {
  const ends = [from, to].flatMap((end) => end?.place ?? []);
  if (place !== null) return ends.some((end) => end.netns === place.netns && end.ifindex === place.ifindex);
  return !namespaceNamed || ends.length === 0 || ends.some((end) => end.netns === netns);
}

/** one object a line; the last line break is the caller's */
function* jsonLines(values: readonly object[]): Generator<string> {
  for (const [index, value] of values.entries()) yield `${index === 0 ? "" : "\n"}${JSON.stringify(value)}`;
}

function asFailed(error: unknown): Failed {
  if (error instanceof Failed) return error;
  throw error;
}
