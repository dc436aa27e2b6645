/** Sends test packets in the lab and keeps what came of it. */
import type { TrafficParams } from "../../protocol/lab.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import type { TrafficRun } from "../session/state.ts";
import { work } from "../session/work.ts";
import { count } from "../verify/sizes.ts";

const runsKept = 50;

export async function sendTraffic(app: App, params: TrafficParams): Promise<void> {
  const run: TrafficRun = { at: Date.now(), params, result: null, failed: null };
  app.store.set({ traffic: [run, ...app.store.get().traffic].slice(0, runsKept) });
  const change = (patch: Partial<TrafficRun>): void => {
    app.store.set({ traffic: app.store.get().traffic.map((one) => (one.at === run.at ? { ...one, ...patch } : one)) });
  };
  try {
    change({
      result: await work(app, { kind: "traffic", title: `send ${count(params.count)} packets` }, (token) =>
        app.request("lab.traffic", params, token),
      ),
    });
  } catch (error) {
    const words = wordsOf(error);
    change({
      failed: words === null ? "stopped before all were sent" : [words.title, words.detail].filter(Boolean).join(". "),
    });
  }
}
