/**
 * `npm run guest`: a kernel for the guest in which hardware mode is tested, with netdevsim, a device that offloads XDP.
 * Debian's kernels leave netdevsim out: it is built as a module from Debian's own kernel source against its headers.
 * Everything comes from the system's package source, stays under .cache/guest and changes nothing of the system.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isEntry } from "./setup/entry.mjs";
import { findCommand, thisSystem } from "./setup/probe.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
/** vmlinuz, and modules in {@link modules} */
export const kernelFolder = join(root, ".cache/guest/kernel");
/** in the order in which they are put in, at the start */
export const modules = ["psample", "netdevsim", "veth"];
/** of devices that QEMU emulates and that merge packets; put in by whoever wants them, in this order */
export const emulated = [
  ...["failover", "net_failover", "virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev"],
  ...["virtio_pci", "virtio_net", "vmxnet3"],
]; /** a device above others; put in by whoever wants it, in this order */
export const above = ["tls", "bonding"];
/** all that a guest is given */
export const allModules = [...modules, ...emulated, ...above];
/** two megabytes a second are enough for the download */
const patience = 120_000;

/**
 * What of the machine a guest needs. Its kernel is built where Debian's packages are.
 * @returns {string | null} what is missing; null where nothing is
 */
export function whyNoGuest() {
  if (process.arch !== "x64") return `no guest for ${process.arch}: its kernel is made for x86-64 only`;
  const system = thisSystem(process.env["PATH"]);
  const lacks = (/** @type {readonly string[]} */ commands) =>
    commands.filter((command) => findCommand(system, command) === undefined);
  const running = lacks(["qemu-system-x86_64", "busybox", "ip"]);
  if (running.length > 0) return `needs ${running.join(", ")}`;
  if (isBuilt()) return null;
  if (["1", "true", "yes"].includes(process.env["XDPW_NO_INSTALL"] ?? "")) {
    return "no guest kernel, and XDPW_NO_INSTALL is set: npm run guest";
  }
  const building = lacks(["apt-get", "apt-cache", "dpkg-deb", "make", "gcc", "xz", "bash"]);
  return building.length === 0 ? null : `no guest kernel: building it needs ${building.join(", ")}`;
}

/** Whole: one that was made before a module was wanted is made anew. */
function isBuilt() {
  return ["vmlinuz", ...allModules.map((name) => `${name}.ko`)].every((file) => existsSync(join(kernelFolder, file)));
}

/**
 * Makes the kernel unless it is there: about 180 MB to download, and 20 s to unpack and build.
 * @param {(text: string) => void} say
 * @throws what went wrong, in words
 */
export function buildGuestKernel(say) {
  if (isBuilt()) return;
  const folder = join(root, `.cache/guest/building-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  try {
    for (const part of ["packages", "root", "kernel"]) mkdirSync(join(folder, part), { recursive: true });
    build(folder, say);
    rmSync(kernelFolder, { recursive: true, force: true });
    renameSync(join(folder, "kernel"), kernelFolder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder with packages/, root/ and kernel/, which is filled
 * @param {(text: string) => void} say
 */
function build(folder, say) {
  const image = first(
    /^\s*Depends: (linux-image-(\d+\.\d+)\S*)$/m,
    run("apt-cache", "depends", "linux-image-cloud-amd64"),
  );
  const [, imageName = "", series = ""] = image;
  const headersName = imageName.replace("linux-image-", "linux-headers-");
  const needed = [...run("apt-cache", "depends", headersName).matchAll(/^\s*Depends: (linux-\S+)$/gm)];
  const sourceName = `linux-source-${series}`;
  const names = [imageName, headersName, ...needed.map(([, name = ""]) => name), sourceName];
  say(`downloading ${names.join(" ")}`);
  runIn(join(folder, "packages"), patience, "apt-get", "-q", "download", ...names);

  const packages = readdirSync(join(folder, "packages")).map((file) => join(folder, "packages", file));
  const unpacked = join(folder, "root");
  const source = packages.find((file) => file.includes(`/${sourceName}_`)) ?? "";
  for (const file of packages) if (file !== source) run("dpkg-deb", "-x", file, unpacked);
  say("unpacking netdevsim's source");
  const path = `${sourceName}/drivers/net/netdevsim`;
  unpackPart(source, `./usr/src/${sourceName}.tar.xz`, path, folder);

  say("building netdevsim");
  const release = imageName.replace("linux-image-", "");
  const headers = join(unpacked, "usr/src", headersName);
  const makefile = join(headers, "Makefile");
  // the headers expect to be where their package puts them
  writeFileSync(makefile, readFileSync(makefile, "utf8").replaceAll("/usr/src/", `${unpacked}/usr/src/`));
  run("make", "-s", "-j2", "-C", headers, `M=${join(folder, path)}`, "CONFIG_NETDEVSIM=m", "modules");
  run("strip", "--strip-debug", join(folder, path, "netdevsim.ko"));

  const kernel = join(folder, "kernel");
  copyFileSync(join(folder, path, "netdevsim.ko"), join(kernel, "netdevsim.ko"));
  for (const name of allModules)
    if (name !== "netdevsim") takeModule(join(unpacked, "lib/modules", release), name, kernel);
  copyFileSync(join(unpacked, "boot", `vmlinuz-${release}`), join(kernel, "vmlinuz"));
}

/**
 * One folder of an archive within a package.
 * @param {string} file
 * @param {string} archive
 * @param {string} path
 * @param {string} to
 */
function unpackPart(file, archive, path, to) {
  const script = `dpkg-deb --fsys-tarfile "$1" | tar -xO "$2" | xz -dc -T0 | tar -x -C "$4" "$3"`;
  run("bash", "-o", "pipefail", "-c", script, "bash", file, archive, path, to);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} to
 */
function takeModule(folder, name, to) {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((file) =>
    new RegExp(`/${name}\\.ko(\\.xz)?$`).test(file),
  );
  if (found === undefined) throw new Error(`${folder} has no module ${name}`);
  copyFileSync(join(folder, found), join(to, found.endsWith(".xz") ? `${name}.ko.xz` : `${name}.ko`));
  if (found.endsWith(".xz")) run("xz", "-d", join(to, `${name}.ko.xz`));
}

/**
 * @param {RegExp} pattern
 * @param {string} text
 */
function first(pattern, text) {
  const match = pattern.exec(text);
  if (match === null) throw new Error("the package lists know no Debian kernel (linux-image-cloud-amd64)");
  return match;
}

/**
 * @param {readonly [string, ...string[]]} command
 */
function run(...command) {
  return runIn(root, patience, ...command);
}

/**
 * @param {string} folder
 * @param {number} timeout ms
 * @param {readonly [string, ...string[]]} command
 * @returns {string} what it printed
 */
function runIn(folder, timeout, ...[file, ...args]) {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd: folder,
    timeout,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, LC_ALL: "C" },
  });
  if (status === 0) return stdout;
  const [line = ""] = (stderr ?? "").trim().split("\n").slice(-1);
  throw new Error(`${file} ${args[0] ?? ""}: ${error?.message ?? (line || `ended with ${status}`)}`);
}

if (isEntry(import.meta.url)) {
  const why = whyNoGuest();
  // asked for by name
  delete process.env["XDPW_NO_INSTALL"];
  const still = why === null ? null : whyNoGuest();
  if (still !== null) {
    console.error(`guest: ${still}`);
    process.exitCode = 3;
  } else {
    try {
      buildGuestKernel((text) => console.error(`guest: ${text}`));
      console.error(`guest: ready in ${kernelFolder}; its tests: npx vitest run --project guest`);
    } catch (error) {
      console.error(`guest: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
