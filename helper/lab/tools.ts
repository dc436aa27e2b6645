/** What ip and ethtool say when they refuse, as failures. */
import { Failed } from "../../protocol/failures.ts";
import { ToolError } from "../run.ts";

export async function saying<T>(doing: string, running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    throw error instanceof ToolError ? toolFailure(doing, error) : error;
  }
}

function toolFailure(doing: string, error: ToolError): Failed {
  const said = error.errors
    .split("\n")
    .map((line) => line.trim().replace(/^(RTNETLINK answers|Error|netlink error): /, ""))
    .filter((line) => line !== "" && !line.startsWith("Command failed"))
    .join("; ");
  const message = `${doing}: ${said || error.message}`;
  if (/Operation not permitted|Permission denied/.test(error.errors)) {
    return new Failed({
      kind: "no-privilege",
      message: `${message}; it needs root`,
      need: "CAP_NET_ADMIN and CAP_SYS_ADMIN",
    });
  }
  return new Failed({ kind: "kernel", message, operation: "ip", errno: 0, code: "", extack: null });
}
