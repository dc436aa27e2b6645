/** No message reaches a handler unchecked, whichever contract it is sent to. */
import "vscode-jsonrpc/node";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { splitBytes } from "../../protocol/bytes-beside.ts";
import type { Contract } from "../../protocol/contract.ts";
import { workbench } from "../../protocol/contracts.ts";
import { elevatedHelper, plainHelper } from "../../protocol/helper-contracts.ts";
import { openEnvelope } from "../../protocol/envelope.ts";
import { Failed } from "../../protocol/failures.ts";
import { connectPeer, type Handlers } from "../../protocol/peer.ts";
import { memoryPipes } from "./memory-pipe.ts";
import { mutate, pick, seeded, validRequests } from "./mutate.ts";

const mutations = 10_000;

describe.each([
  ["workbench", workbench as Contract],
  ["plain helper", plainHelper as Contract],
  ["elevated helper", elevatedHelper as Contract],
])("%s", (_name, contract) => {
  test(`${mutations} mutations of valid messages: what reaches a handler is valid, and the connection lives`, async () => {
    const random = seeded(0x5eed);
    const [inside, outside] = memoryPipes();
    const reached: { readonly method: string; readonly params: unknown }[] = [];
    const answered = new Map<unknown, number>();
    const handlers = Object.fromEntries(
      Object.keys(contract).map((method) => [
        method,
        async (params: unknown) => {
          reached.push({ method, params });
          throw new Failed({ kind: "cancelled", message: "reached" });
        },
      ]),
    ) as Handlers<Contract>;
    let closed = false;
    connectPeer(inside, {}, { serves: contract, handlers, sends: {}, hears: {}, closed: () => (closed = true) });
    outside.receive({
      message: (text) => {
        const { id } = JSON.parse(text) as { readonly id: unknown };
        answered.set(id, (answered.get(id) ?? 0) + 1);
      },
      overlong: () => undefined,
      closed: () => undefined,
    });

    const valid = validRequests(random, contract, 4);
    const send = (message: object): void => {
      const { rest, beside } = splitBytes(message);
      outside.send(JSON.stringify(rest), beside ?? undefined);
    };
    for (const message of valid) send(message);
    await settle(valid.length);
    expect(reached).toHaveLength(valid.length);
    expect(answered.size).toBe(valid.length);

    reached.length = 0;
    let couldReach = 0;
    for (let turn = 0; turn < mutations; turn++) {
      const text = mutate(random, pick(random, valid));
      if (isValidRequest(contract, text)) couldReach++;
      outside.send(text);
      if (turn % 100 === 99) await settle();
    }
    await settle();
    for (const { method, params } of reached) {
      expect(contract[method]?.params.safeParse(params).success, `${method} ${JSON.stringify(params)}`).toBe(true);
    }
    // Some mutations leave a message valid, with another value: as many reach a handler, and not one more.
    expect(reached.length).toBeLessThanOrEqual(couldReach);
    expect(reached.length).toBeGreaterThan(0);
    expect(couldReach).toBeLessThan(mutations / 2);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();

    reached.length = 0;
    for (const [index, message] of valid.entries()) send({ ...message, id: `alive ${index}` });
    await settle(valid.length);
    expect(closed).toBe(false);
    expect(new Set(reached.map(({ method }) => method))).toEqual(new Set(Object.keys(contract)));
  });
});

/** The library takes one message a turn of the event loop. */
async function settle(messages = 200): Promise<void> {
  for (let turn = 0; turn < messages + 50; turn++) await setImmediate();
}

/** Said apart from the peer: by the contract alone, and nothing may have been dropped on the way. */
function isValidRequest(contract: Contract, text: string): boolean {
  const opened = openEnvelope(text);
  if (!opened.ok || !("method" in opened.message) || !("id" in opened.message)) return false;
  const { method, params } = opened.message;
  return Object.hasOwn(contract, method) && contract[method]?.params.safeParse(params ?? {}).success === true;
}
