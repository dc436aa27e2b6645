/** The guest's devices and their switches: netdevsim offloads XDP, and refuses where debugfs tells it to. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { above, emulated } from "../../build/guest.mjs";

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

/** One of the NICs that QEMU emulates, by its driver and by whether the guest may turn its merging off. */
export function emulatedNic(driver: "vmxnet3" | "virtio_net", fixed = false): string {
  if (!existsSync("/sys/module/vmxnet3"))
    for (const module of emulated) execFileSync("/bin/busybox", ["insmod", `/modules/${module}.ko`]);
  const found = readdirSync("/sys/class/net").filter((name) => {
    const link = `/sys/class/net/${name}/device/driver`;
    if (!existsSync(link) || basename(realpathSync(link)) !== driver) return false;
    if (driver !== "virtio_net") return true;
    // VIRTIO_NET_F_CTRL_GUEST_OFFLOADS
    return (readFileSync(`/sys/class/net/${name}/device/features`, "utf8").charAt(2) === "0") === fixed;
  });
  const [name] = found;
  if (name === undefined || found.length > 1) throw new Error(`${found.length} devices of ${driver}`);
  return name;
}

/** A bond without ports, that takes native programs if its ports do. */
export function addBond(name: string): void {
  if (!existsSync("/sys/module/bonding")) {
    for (const module of above) {
      const options = module === "bonding" ? ["max_bonds=0"] : [];
      execFileSync("/bin/busybox", ["insmod", `/modules/${module}.ko`, ...options]);
    }
  }
  ip("link", "add", name, "type", "bond", "mode", "active-backup");
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
