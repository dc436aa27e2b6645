// Compiles helper/native/src into dist/native/xdpw.node, with Node and a C++ compiler alone. Compiles only what changed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "helper/native/src");
const objects = join(root, ".cache/native");
const addon = join(root, "dist/native/xdpw.node");
const stateFile = join(objects, "state.json");

/** what must be there, and the package that has it */
const wanted = {
  compiler: "a C++17 compiler (apt: g++, dnf and zypper: gcc-c++, pacman: gcc)",
  libbpf: "libbpf's headers (apt: libbpf-dev, dnf and zypper: libbpf-devel, pacman: libbpf)",
  libelf: "libelf (apt: libelf-dev, dnf: elfutils-libelf-devel, zypper: libelf-devel, pacman: libelf)",
  kernel:
    "the kernel's user-space headers (apt: linux-libc-dev, dnf: kernel-headers, zypper: linux-glibc-devel, pacman: linux-api-headers)",
  npm: "the npm packages node-api-headers and node-addon-api (run: npm ci)",
};

const compileFlags = [
  ..."-std=c++17 -O2 -fPIC -fvisibility=hidden -fstack-protector-strong -Wall -Wextra -Werror -pthread".split(" "),
  ..."-DNAPI_VERSION=9 -DNODE_ADDON_API_CPP_EXCEPTIONS -D_GNU_SOURCE".split(" "),
];
const linkFlags = "-shared -pthread -Wl,-z,relro,-z,now".split(" ");
// librt has the timers before glibc 2.34
const libraries = ["-lbpf", "-lelf", "-lrt"];
const jobs = 2;

/** A failure that the reader can act upon: shown without a stack. */
class BuildError extends Error {}

/** @param {readonly (string | Buffer)[]} parts */
const digest = (...parts) =>
  parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex");

function findCompiler() {
  for (const name of ["g++", "c++", "clang++"]) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (folder && existsSync(path)) return realpathSync(path);
    }
  }
  throw new BuildError(`cannot build the libbpf addon: missing ${wanted.compiler}`);
}

/** Include folders of npm packages, each with the version that its objects depend on. */
function findPackages() {
  const folders = { "node-api-headers": "include", "node-addon-api": "." };
  return Object.entries(folders).map(([name, folder]) => {
    const home = join(root, "node_modules", name);
    if (!existsSync(join(home, "package.json")))
      throw new BuildError(`cannot build the libbpf addon: missing ${wanted.npm}`);
    return {
      include: join(home, folder),
      version: JSON.parse(readFileSync(join(home, "package.json"), "utf8")).version,
    };
  });
}

/**
 * Size and time of a file, empty where there is none: a new version of a system package shows in it.
 * @param {string} path
 */
function stamp(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.size} ${stats.mtimeMs}` : "";
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new BuildError(explain(output)))));
  });
}

/**
 * Names the package where the compiler or the linker only names a file.
 * @param {string} output
 */
function explain(output) {
  /** @type {readonly (readonly [RegExp, string])[]} */
  const known = [
    [
      /bpf\/(libbpf|bpf|btf)\.h: No such file|'bpf\/(libbpf|bpf|btf)\.h' file not found|cannot find -lbpf|unable to find library -lbpf/,
      wanted.libbpf,
    ],
    [/cannot find -lelf|unable to find library -lelf/, wanted.libelf],
    [/linux\/\w+\.h: No such file|'linux\/\w+\.h' file not found/, wanted.kernel],
  ];
  const missing = known.filter(([pattern]) => pattern.test(output));
  const hint = missing.map(([, name]) => `: missing ${name}`).join("");
  return `cannot build the libbpf addon${hint}\n${output}`;
}

/** @param {readonly (() => Promise<void>)[]} tasks */
async function inParallel(tasks) {
  const waiting = [...tasks];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, "utf8"));
  } catch {
    return {};
  }
}

/** Builds what is stale. Throws an error that names the missing package, or holds the compiler's words. */
export async function buildNative() {
  const compiler = findCompiler();
  const packages = findPackages();
  const files = readdirSync(sources).sort();
  const text = (/** @type {string} */ file) => readFileSync(join(sources, file));
  const headers = files.filter((file) => file.endsWith(".h"));
  const common = digest(
    compiler,
    stamp(compiler),
    stamp("/usr/include/bpf/libbpf.h"),
    ...compileFlags,
    ...packages.map(({ version }) => version),
    ...headers.flatMap((file) => [file, text(file)]),
  );
  const units = files
    .filter((file) => file.endsWith(".cc"))
    .map((file) => ({
      source: join(sources, file),
      object: join(objects, `${basename(file, ".cc")}.o`),
      hash: digest(common, file, text(file)),
    }));
  const whole = digest(...units.map(({ hash }) => hash), ...linkFlags, ...libraries);

  const state = readState();
  if (state.whole === whole && existsSync(addon)) return { built: false };
  mkdirSync(objects, { recursive: true });
  mkdirSync(join(root, "dist/native"), { recursive: true });

  const built = { ...state.units };
  const save = (/** @type {unknown} */ done) => writeFileSync(stateFile, JSON.stringify(done));
  const stale = units.filter(({ object, hash }) => built[object] !== hash || !existsSync(object));
  try {
    await inParallel(
      stale.map(({ source, object, hash }) => async () => {
        const includes = packages.flatMap(({ include }) => ["-isystem", include]);
        await run(compiler, [...compileFlags, ...includes, "-c", source, "-o", object]);
        built[object] = hash;
      }),
    );
    // beside its place and then renamed: a process that has the old one mapped keeps it whole
    const fresh = `${addon}.${process.pid}`;
    await run(compiler, [...linkFlags, ...units.map(({ object }) => object), ...libraries, "-o", fresh]);
    renameSync(fresh, addon);
    save({ whole, units: built });
  } catch (error) {
    save({ units: built });
    throw error;
  }
  return { built: true };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { built } = await buildNative();
    console.log(built ? `built ${addon}` : `${addon} is up to date`);
  } catch (error) {
    console.error(error instanceof BuildError ? error.message : error);
    process.exit(1);
  }
}
