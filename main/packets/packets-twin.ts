/** The command-line twin of a packet test: bpftool runs one packet of it. */
import type { PacketsReport } from "../../protocol/packets.ts";
import { shell } from "../commands/shell.ts";
import { objectPath, type Twin } from "../commands/twins.ts";

export function packetsTwin({ file, program, build }: PacketsReport, netns: string | null): Twin {
  const object = objectPath(build.path, build.stages);
  const pin = "/sys/fs/bpf/tested";
  return {
    what: `test packets on ${program}`,
    lines: [
      ...build.stages.map((stage) => shell(stage.argv)),
      shell(["bpftool", "prog", "load", object, pin, "type", "xdp"]),
      shell(["bpftool", "prog", "run", "pinned", pin, "data_in", "packet.bin", "data_out", "-"]),
      shell(["rm", pin]),
    ],
    xdpw: shell(["xdpw", "test", file, ...(netns === null ? [] : ["--netns", netns])]),
  };
}
