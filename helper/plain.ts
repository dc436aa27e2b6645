/** What the instance that runs as the user serves: builds, and its own namespace. No method of it loads anything. */
import type { plainHelper } from "../protocol/helper-contracts.ts";
import type { Handlers } from "../protocol/peer.ts";
import type { HelperContext } from "./context.ts";
import { countInterface } from "./interfaces/counters.ts";
import { describeInterface } from "./interfaces/describe.ts";
import { listInterfaces } from "./interfaces/list.ts";
import { createSampling } from "./interfaces/sampling.ts";
import { createInterfaceWatch } from "./interfaces/watch.ts";
import { look } from "./preflight/look.ts";
import { createToolchain } from "./toolchain/compile.ts";
import { describeToolchain } from "./toolchain/describe.ts";
import { disassemble } from "./views/disassemble.ts";

export function plainHandlers(context: HelperContext): Handlers<typeof plainHelper> {
  const toolchain = createToolchain(context);
  const interfaces = createInterfaceWatch(context, "plain");
  const sampling = createSampling(context, "plain", null);
  return {
    "toolchain.describe": () => describeToolchain(context),
    "build.compile": (params, { token }) => toolchain.compile(params, token),
    "views.disassemble": (params, { token }) => disassemble(context, params, token),
    "interfaces.list": () => listInterfaces(context, "plain"),
    "interfaces.describe": ({ place }) => describeInterface(context, "plain", place),
    "interfaces.counters": async ({ place }) => countInterface(context, "plain", null, place),
    "interfaces.samples": async ({ place, since }) => sampling.take(place, since),
    "attach.look": (params) => look(context, "plain", params),
    "interfaces.watch": async () => {
      interfaces.start();
      return {};
    },
    "interfaces.unwatch": async () => {
      interfaces.stop();
      return {};
    },
  };
}
