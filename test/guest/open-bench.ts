/** What a case has: the workbench's handlers, an interface that offloads, and words to attach and detach with. */
import { execFile } from "node:child_process";
import { CancellationToken } from "vscode-jsonrpc";
import type { workbench } from "../../protocol/contracts.ts";
import type { Attachment } from "../../protocol/attach.ts";
import { Failed, type Failure } from "../../protocol/failures.ts";
import type { InterfaceDetails } from "../../protocol/interface-details.ts";
import type { Mode, ModeProbe, NetworkInterface, Place, WantedMode } from "../../protocol/interfaces.ts";
import type { CallContext, Handlers } from "../../protocol/peer.ts";
import { commands } from "../../main/cli/commands.ts";
import { runCommandLine } from "../../main/cli/run-command-line.ts";
import type { Workbench } from "../../main/workbench.ts";
import { addSimulated, type Simulated } from "./device.ts";

interface AttachOptions {
  /** the id of a foreign program that may go */
  readonly replace?: number;
  /** another device than the bench's own */
  readonly on?: string;
  readonly confirmWithin?: number;
}

export interface Bench {
  readonly handlers: Handlers<typeof workbench>;
  readonly context: CallContext;
  readonly device: Simulated;
  look(name?: string): Promise<NetworkInterface>;
  describe(): Promise<InterfaceDetails>;
  probe(mode: Mode, on?: string): Promise<ModeProbe>;
  attach(program: string, mode: WantedMode, options?: AttachOptions): Promise<Attachment>;
  detach(replace?: number, on?: string): Promise<void>;
  /** a process of its own, which starts a helper of its own: some seconds here */
  xdpw(...words: string[]): Promise<Finished>;
  /** the same command line in this process, with the helpers that are there */
  command(...words: string[]): Promise<Finished>;
}

interface Finished {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export function openBench(opened: Workbench): Bench {
  const { handlers } = opened.connect(() => undefined);
  const context = { token: CancellationToken.None };
  const device = addSimulated(1);
  const look = async (name = device.name): Promise<NetworkInterface> => {
    const { interfaces } = await handlers["interfaces.list"]({}, context);
    const found = interfaces.find((one) => one.netns === null && one.name === name);
    if (found === undefined) throw new Error(`${name} is not listed`);
    return found;
  };
  const place = async (name?: string): Promise<Place> => {
    const { netns, ifindex, name: own } = await look(name);
    return { netns, ifindex, name: own };
  };
  return {
    handlers,
    context,
    device,
    look,
    describe: async () => handlers["interfaces.describe"]({ place: await place() }, context),
    probe: async (mode, on) => handlers["interfaces.probe"]({ place: await place(on), mode }, context),
    async attach(program, mode, { replace, on, confirmWithin } = {}) {
      const input = { path: `/objects/${program}.o`, text: null };
      const at = await place(on);
      const params = { input, program: null, place: at, mode, replace: replace ?? null };
      const deadline = confirmWithin === undefined ? {} : { confirmWithin };
      return handlers["attach.attach"]({ ...params, ...deadline }, context);
    },
    async detach(replace, on) {
      await handlers["attach.detach"]({ place: await place(on), replace: replace ?? null }, context);
    },
    async command(...words) {
      let [out, err] = ["", ""];
      const status = await runCommandLine(words, commands, {
        ...{ cwd: "/", environment: {}, terminal: { stdout: false, stderr: false }, person: null, version: () => "" },
        stdout: async (text) => void (out += String(text)),
        stderr: (text) => void (err += text),
        open: async () => ({ workbench: { ...opened, close: async () => undefined }, handlers, ...context }),
      });
      return { status, out, err };
    },
    xdpw: (...words) =>
      new Promise((resolve) => {
        execFile("/xdpw/xdpw", words, (error, out, err) => {
          const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
          resolve({ status, out, err });
        });
      }),
  };
}

/** What it was refused with; throws where it was not. */
export async function refusalOf(running: Promise<unknown>): Promise<Failure> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  throw new Error("it was not refused");
}
