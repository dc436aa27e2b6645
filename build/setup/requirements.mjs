/**
 * What the workbench needs of the system, how each is recognised, and what carries it in each family of
 * distributions. The only place where a system package is named for the set-up.
 *
 * A package entry is a list of alternatives, best first; each alternative is a list of packages. Where the names differ
 * within a family (Debian and Ubuntu), the first alternative that the package manager knows is taken.
 *
 * @typedef {"apt" | "dnf" | "zypper" | "pacman"} Manager
 * @typedef {{ readonly commands: readonly string[] } | { readonly headers: readonly string[] } | { readonly files: readonly string[] }} Probe
 *   commands and files: any one of them is enough; headers: all of them are needed
 * comfort: the workbench starts without it, and says what is missing. only: of use where this manager is.
 * @typedef {{
 *   readonly name: string,
 *   readonly purpose: string,
 *   readonly probe: Probe,
 *   readonly packages: Readonly<Record<Manager, readonly (readonly string[])[]>>,
 *   readonly tests?: true,
 *   readonly comfort?: true,
 *   readonly only?: Manager,
 * }} Requirement
 */

/**
 * @param {string} name
 * @returns {Readonly<Record<Manager, readonly (readonly string[])[]>>}
 */
const everywhere = (name) => ({ apt: [[name]], dnf: [[name]], zypper: [[name]], pacman: [[name]] });

/**
 * @param {string} name
 * @returns {readonly string[]} as Debian and Ubuntu name what is installed beside the default version
 */
const versioned = (name) => Array.from({ length: 20 }, (_, index) => `${name}-${index + 12}`);

/** @type {readonly Requirement[]} */
export const requirements = [
  { name: "clang", purpose: "compiles C to LLVM IR", probe: { commands: ["clang"] }, packages: everywhere("clang") },
  { name: "llc", purpose: "turns LLVM IR into BPF", probe: { commands: ["llc"] }, packages: everywhere("llvm") },
  {
    name: "libbpf headers",
    purpose: "loads programs, and is included by them",
    probe: { headers: ["bpf/bpf_helpers.h", "bpf/libbpf.h"] },
    packages: { apt: [["libbpf-dev"]], dnf: [["libbpf-devel"]], zypper: [["libbpf-devel"]], pacman: [["libbpf"]] },
  },
  {
    name: "libelf headers",
    purpose: "libbpf reads objects through it",
    probe: { headers: ["libelf.h"] },
    packages: {
      apt: [["libelf-dev"]],
      dnf: [["elfutils-libelf-devel"]],
      zypper: [["libelf-devel"]],
      pacman: [["libelf"]],
    },
  },
  {
    name: "zlib headers",
    purpose: "libelf needs it",
    probe: { headers: ["zlib.h"] },
    packages: { apt: [["zlib1g-dev"]], dnf: [["zlib-devel"]], zypper: [["zlib-devel"]], pacman: [["zlib"]] },
  },
  {
    name: "kernel interface headers",
    purpose: "linux/bpf.h of the programs",
    probe: { headers: ["linux/bpf.h", "asm/types.h"] },
    packages: {
      apt: [["linux-libc-dev"]],
      dnf: [["kernel-headers"]],
      zypper: [["linux-glibc-devel"]],
      pacman: [["linux-api-headers"]],
    },
  },
  {
    name: "C++ compiler",
    purpose: "builds the libbpf addon",
    probe: { commands: ["g++", "c++"] },
    packages: { apt: [["g++"]], dnf: [["gcc-c++"]], zypper: [["gcc-c++"]], pacman: [["gcc"]] },
  },
  {
    name: "ip",
    purpose: "interfaces and the lab",
    probe: { commands: ["ip"] },
    packages: { apt: [["iproute2"]], dnf: [["iproute"]], zypper: [["iproute2"]], pacman: [["iproute2"]] },
  },
  {
    name: "ethtool",
    purpose: "drivers and offloads of interfaces",
    probe: { commands: ["ethtool"] },
    packages: everywhere("ethtool"),
  },
  {
    name: "bpftool",
    purpose: "the command-line twin of what the workbench does",
    probe: { commands: ["bpftool"] },
    packages: {
      apt: [["bpftool"], ["linux-tools-common", "linux-tools-generic"]],
      dnf: [["bpftool"]],
      zypper: [["bpftool"]],
      pacman: [["bpf"], ["bpftool"]],
    },
  },
  {
    name: "bwrap",
    purpose: "keeps the compiler without privileges when root builds",
    probe: { commands: ["bwrap"] },
    packages: everywhere("bubblewrap"),
  },
  {
    name: "clangd",
    purpose: "completion and findings while C is typed",
    comfort: true,
    probe: { commands: ["clangd", ...versioned("clangd")] },
    packages: { apt: [["clangd"]], dnf: [["clang-tools-extra"]], zypper: [["clang"]], pacman: [["clang"]] },
  },
  {
    name: "clang-format",
    purpose: "formats C",
    comfort: true,
    probe: { commands: ["clang-format", ...versioned("clang-format")] },
    packages: { apt: [["clang-format"]], dnf: [["clang-tools-extra"]], zypper: [["clang"]], pacman: [["clang"]] },
  },
  {
    name: "chromium",
    purpose: "end-to-end tests",
    tests: true,
    probe: { commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] },
    packages: {
      apt: [["chromium"], ["chromium-browser"]],
      dnf: [["chromium"]],
      zypper: [["chromium"]],
      pacman: [["chromium"]],
    },
  },
  {
    name: "tshark",
    purpose: "checks our packets against another decoder",
    tests: true,
    probe: { commands: ["tshark"] },
    packages: {
      apt: [["tshark"]],
      dnf: [["wireshark-cli"]],
      zypper: [["wireshark"]],
      pacman: [["wireshark-cli"]],
    },
  },
  {
    name: "pkexec",
    purpose: "tests of unlocking on a desktop",
    tests: true,
    probe: { commands: ["pkexec"] },
    packages: {
      apt: [["pkexec"], ["policykit-1"]],
      dnf: [["polkit"]],
      zypper: [["pkexec"], ["polkit"]],
      pacman: [["polkit"]],
    },
  },
  {
    name: "polkitd",
    purpose: "tests of unlocking on a desktop",
    tests: true,
    probe: {
      files: [
        "/usr/lib/polkit-1/polkitd",
        "/usr/libexec/polkitd",
        "/usr/libexec/polkit-1/polkitd",
        "/usr/lib/policykit-1/polkitd",
      ],
    },
    packages: {
      apt: [["polkitd"], ["policykit-1"]],
      dnf: [["polkit"]],
      zypper: [["polkit"]],
      pacman: [["polkit"]],
    },
  },
  {
    name: "dbus-daemon",
    purpose: "tests of unlocking on a desktop",
    tests: true,
    probe: { commands: ["dbus-daemon"] },
    packages: { apt: [["dbus"]], dnf: [["dbus-daemon"]], zypper: [["dbus-1"]], pacman: [["dbus"]] },
  },
  {
    name: "sudo",
    purpose: "tests of unlocking on a terminal",
    tests: true,
    probe: { commands: ["sudo"] },
    packages: everywhere("sudo"),
  },
  // a guest's kernel is made of Debian's packages
  {
    name: "QEMU",
    purpose: "tests of hardware mode, in a guest",
    tests: true,
    comfort: true,
    only: "apt",
    probe: { commands: ["qemu-system-x86_64"] },
    packages: everywhere("qemu-system-x86"),
  },
  {
    name: "busybox",
    purpose: "tests of hardware mode, in a guest",
    tests: true,
    comfort: true,
    only: "apt",
    probe: { commands: ["busybox"] },
    packages: { ...everywhere("busybox"), apt: [["busybox-static"], ["busybox"]] },
  },
  {
    name: "make",
    purpose: "tests of hardware mode, in a guest: builds a kernel module",
    tests: true,
    comfort: true,
    only: "apt",
    probe: { commands: ["make"] },
    packages: everywhere("make"),
  },
  {
    name: "ps",
    purpose: "tests that nothing is left running",
    tests: true,
    probe: { commands: ["ps"] },
    packages: { apt: [["procps"]], dnf: [["procps-ng"]], zypper: [["procps"]], pacman: [["procps-ng"]] },
  },
];
