/**
 * Boots a guest that runs one program and powers off: QEMU without help of the processor, so that it runs everywhere.
 * What the program tells goes out by the second serial line, so that nothing of the kernel's mixes with it.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allModules, kernelFolder, modules } from "../../build/guest.mjs";
import { type GuestFile, withLibraries, writeInitramfs } from "./initramfs.ts";

const folders = ["/dev", "/proc", "/sys", "/tmp", "/run", "/root", "/etc", "/bin"];

const init = `#!/bin/busybox sh
bb=/bin/busybox
export PATH=/xdpw:/bin HOME=/root XDG_RUNTIME_DIR=/run
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
$bb mount -t devtmpfs devtmpfs /dev
$bb mount -t bpf bpf /sys/fs/bpf
$bb mount -t debugfs debugfs /sys/kernel/debug
$bb mount -t tracefs tracefs /sys/kernel/tracing
for applet in sh readlink dirname; do $bb ln -s busybox /bin/$applet; done
for module in ${modules.join(" ")}; do $bb insmod /modules/$module.ko; done
$bb stty -F /dev/ttyS1 raw
/xdpw/node --enable-source-maps /xdpw/dist/main/inside.js > /dev/ttyS1
$bb poweroff -f
`;

/**
 * NICs of the guest that merge packets. A virtio one does so only behind a tap, which stands in a network namespace of
 * QEMU's own: as another user than root that takes a user namespace.
 */
const inNamespace = ["unshare", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]), "--net", "--"];
const vmxnet = ["-device", "vmxnet3,romfile="];
const virtio = (name: string, ...more: readonly string[]): readonly string[] => [
  ...["-netdev", `tap,id=${name},ifname=${name},script=no,downscript=no`],
  ...["-device", ["virtio-net-pci", `netdev=${name}`, "romfile=", ...more].join(",")],
];

/** null where this machine lets QEMU have taps */
export function whyNoTap(): string | null {
  if (!existsSync("/dev/net/tun")) return "no /dev/net/tun: QEMU's virtio NICs merge packets only behind a tap";
  const [file = "", ...words] = inNamespace;
  const { status } = spawnSync(file, [...words, "true"], { stdio: "ignore" });
  return status === 0 ? null : "no network namespace for QEMU's taps: this user may make none";
}

export interface GuestRun {
  /** what the program wrote to standard output */
  readonly told: string;
  /** the guest's console: its kernel, and what went to standard error */
  readonly console: string;
}

/**
 * @param program files of the program beside what every guest has; /xdpw/dist/main/inside.js is started
 * @param seconds after which the guest is ended
 */
export async function runGuest(program: readonly GuestFile[], seconds: number): Promise<GuestRun> {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-guest-"));
  const [image, told, log] = ["initramfs", "told", "console"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    writeInitramfs(image, oncePerPath([...equipment(), ...program]), folders);
    const tap = whyNoTap() === null;
    const [file, ...words] = tap ? [...inNamespace, "qemu-system-x86_64"] : ["qemu-system-x86_64"];
    const qemu = spawn(
      file,
      [
        ...words,
        ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "768"],
        ...["-nodefaults", "-display", "none", "-no-reboot"],
        ...["-serial", `file:${log}`, "-serial", `file:${told}`, ...vmxnet],
        ...(tap ? [...virtio("xdpwt0"), ...virtio("xdpwt1", "ctrl_guest_offloads=off")] : []),
        ...["-kernel", join(kernelFolder, "vmlinuz"), "-initrd", image],
        ...["-append", "console=ttyS0 quiet mitigations=off panic=-1"],
      ],
      { stdio: ["ignore", "ignore", "pipe"], timeout: seconds * 1000, killSignal: "SIGKILL" },
    );
    let complaint = "";
    qemu.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    await new Promise<void>((resolve, reject) => {
      qemu.once("error", reject);
      qemu.once("close", () => resolve());
    });
    const read = (file: string): string => readFileSync(file, "utf8");
    return { told: read(told), console: `${read(log)}${complaint}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function equipment(): GuestFile[] {
  const where = (command: string): string =>
    execFileSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${command}`], { encoding: "utf8" }).trim();
  return [
    { path: "/init", content: init, mode: 0o755 },
    ...withLibraries(where("busybox"), "/bin/busybox"),
    ...withLibraries(where("ip"), "/bin/ip"),
    ...withLibraries(process.execPath, "/xdpw/node"),
    ...allModules.map((name) => ({
      path: `/modules/${name}.ko`,
      content: readFileSync(join(kernelFolder, `${name}.ko`)),
    })),
  ];
}

function oncePerPath(files: readonly GuestFile[]): GuestFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
