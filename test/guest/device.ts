/** The guest's devices and their switches: netdevsim offloads XDP, and refuses where debugfs tells it to. */
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";

export interface Simulated {
  readonly name: string;
  /** a file under debugfs, such as "bpf_bind_accept" or "ports/0/bpf_xdpoffload_accept"; on again once `during` is over */
  refusing<T>(file: string, during: () => Promise<T>): Promise<T>;
  remove(): void;
}

export function addSimulated(number: number): Simulated {
  writeFileSync("/sys/bus/netdevsim/new_device", `${number} 1`);
  const [name = ""] = readdirSync(`/sys/bus/netdevsim/devices/netdevsim${number}/net`);
  ip("link", "set", name, "up");
  return {
    name,
    async refusing(file, during) {
      const path = `/sys/kernel/debug/netdevsim/netdevsim${number}/${file}`;
      writeFileSync(path, "N");
      try {
        return await during();
      } finally {
        writeFileSync(path, "Y");
      }
    },
    remove: () => writeFileSync("/sys/bus/netdevsim/del_device", `${number}`),
  };
}

export function ip(...words: string[]): string {
  return execFileSync("/bin/ip", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** As iproute2 tells: XDP_ATTACHED_* (include/uapi/linux/if_link.h), and the programs of each mode. */
export function xdpOf(name: string): { readonly word: string; readonly mode: number; readonly ids: readonly number[] } {
  const [, word = ""] = / (xdp\w*)[ /]/.exec(ip("link", "show", "dev", name)) ?? [];
  const [link] = JSON.parse(ip("-d", "-j", "link", "show", "dev", name)) as [
    { xdp?: { mode: number; prog?: { id: number }; attached?: readonly { prog: { id: number } }[] } },
  ];
  const { xdp } = link;
  if (xdp === undefined) return { word: "", mode: 0, ids: [] };
  const several = xdp.attached?.map(({ prog }) => prog.id) ?? [];
  return { word, mode: xdp.mode, ids: several.length > 0 ? several : xdp.prog === undefined ? [] : [xdp.prog.id] };
}
