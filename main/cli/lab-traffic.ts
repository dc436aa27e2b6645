/** xdpw lab traffic: packets from a host of the lab, counted where they should arrive. */
import { type Traffic, type TrafficParams, trafficParams } from "../../protocol/lab.ts";
import { checkedNumber } from "./checked.ts";
import { type Answer, type CommandContext, flagText, neededFlag } from "./command.ts";
import { wantedLab } from "./lab.ts";

const most = 10_000_000;

export async function runLabTraffic(context: CommandContext): Promise<Answer> {
  const { typed, handlers } = context;
  const rate = flagText(typed, "rate");
  const params = trafficParams.parse({
    name: wantedLab(typed),
    from: neededFlag(typed, "from"),
    to: neededFlag(typed, "to"),
    protocol: neededFlag(typed, "proto"),
    count: checkedNumber(neededFlag(typed, "count"), 1, most, "--count"),
    rate: rate === null ? 0 : checkedNumber(rate, 1, most, "--rate"),
  });
  const sent = await handlers["lab.traffic"](params, context);
  return { ok: true, text: trafficText(params, sent), json: { value: trafficJson(sent) } };
}

function trafficJson({ netns, sent, arrived, replied, nanoseconds }: Traffic) {
  return { netns, sent, arrived, replied, ns: nanoseconds };
}

function trafficText({ from, to, protocol }: TrafficParams, { sent, arrived, replied, nanoseconds }: Traffic): string {
  const seconds = Number(nanoseconds) / 1e9;
  const pace = seconds > 0 ? `, ${Math.round(sent / seconds)} a second` : "";
  const answers = replied === null ? "" : `, ${replied} answered`;
  return `${protocol} from ${from} to ${to}: ${sent} sent, ${arrived} arrived${answers} in ${seconds.toFixed(2)} s${pace}\n`;
}
