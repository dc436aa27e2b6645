/**
 * Run by hand after a change of dependencies: `npm install --package-lock-only && node build/complete-lock.mjs`.
 *
 * A registry mirror need not carry the optional binaries of platforms that its users do not have. npm then leaves them
 * out of the lock file, and `npm ci` refuses that lock file. This writes the entries back, with the platform taken
 * from the package's name, so that `npm ci` knows them and passes them over.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ version?: string, optional?: boolean, dev?: boolean, os?: readonly string[], cpu?: readonly string[],
 *   libc?: readonly string[], optionalDependencies?: Readonly<Record<string, string>> }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/**
 * @param {string} name such as "@oxlint/binding-linux-arm64-musl"
 * @returns {Pick<LockedPackage, "os" | "cpu" | "libc">}
 */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  const libc = name.endsWith("musl") || name.endsWith("musleabihf") ? "musl" : undefined;
  return {
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}

const file = join(dirname(fileURLToPath(import.meta.url)), "../package-lock.json");
const lock = /** @type {Lock} */ (JSON.parse(readFileSync(file, "utf8")));
const added = [];
for (const locked of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    const nested = Object.keys(lock.packages).some((known) => known === path || known.endsWith(`/${path}`));
    if (nested || !/^\d+\.\d+\.\d+/.test(version)) continue;
    const platform = platformOf(name);
    if (platform.os === undefined) continue;
    lock.packages[path] = { version, ...platform, ...(locked.dev === true ? { dev: true } : {}), optional: true };
    added.push(path);
  }
}
const [top, ...rest] = Object.entries(lock.packages);
const sorted = [...(top === undefined ? [] : [top]), ...rest.sort(([a], [b]) => (a < b ? -1 : 1))];
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${added.length} entries written back`);
