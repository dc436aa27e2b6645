/**
 * Runs as root in mount and process namespaces of its own: a small machine with a normal user, polkit and sudo as a
 * scenario has them, and the program where that user can read it. All of it ends with this process.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { guarded, type Place, type Scenario, type StageReport, user, type UserReport } from "./scenario.ts";

const [repository = "", mountPoint = "", userBundle = "", described = ""] = process.argv.slice(2);
const scenario = JSON.parse(described) as Scenario;
const place: Place = {
  repository,
  program: join(mountPoint, "program"),
  home: join(mountPoint, "home"),
  runtime: join(mountPoint, "run"),
};

furnish();
addUser();
if (scenario.ending === "deadline") addPort();
const bus = scenario.bus ? await startBus() : null;
process.stdout.write(`${JSON.stringify(await play())}\n`);
bus?.kill("SIGKILL");

function mount(...words: readonly string[]): void {
  execFileSync("mount", words);
}

/** The program as it is installed: root's, readable by all, with its own Node. */
function furnish(): void {
  mount("-t", "tmpfs", "-o", "mode=755", "xdpw", mountPoint);
  for (const folder of ["dist/helper", "dist/native", "bpf-templates"]) {
    cpSync(join(place.repository, folder), join(place.program, folder), { recursive: true });
  }
  writeFileSync(join(place.program, "node"), "");
  chmodSync(join(place.program, "node"), 0o755);
  mount("--bind", process.execPath, join(place.program, "node"));
  mkdirSync(join(place.program, "dist/main"));
  cpSync(userBundle, join(place.program, "dist/main/user.mjs"));
  for (const folder of [place.home, place.runtime]) {
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, user.id, user.id);
  }
}

/** In the network namespace of the stage; guards meet in a /run of its own. */
function addPort(): void {
  mount("-t", "tmpfs", "-o", "mode=755", "xdpw", "/run");
  execFileSync("ip", ["link", "add", guarded.name, "type", "veth", "peer", "name", "xdpwpeer"]);
  for (const name of [guarded.name, "xdpwpeer"]) execFileSync("ip", ["link", "set", name, "up"]);
}

function isAttached(): boolean {
  return /prog\/xdp id/.test(execFileSync("ip", ["link", "show", guarded.name], { encoding: "utf8" }));
}

/** When main is gone, and once the deadline is over: the guard has it to itself. */
async function untilRolledBack(): Promise<readonly boolean[]> {
  const first = isAttached();
  for (let waited = 0; waited < 3 * guarded.seconds * 1000 && isAttached(); waited += 100) await setTimeout(100);
  return [first, isAttached()];
}

/** /etc as this machine's, with one user more and this scenario's rules */
function addUser(): void {
  const { name, id } = user;
  append("/etc/passwd", `${name}:x:${id}:${id}::${place.home}:/bin/bash`);
  append("/etc/group", `${name}:x:${id}:`);
  append("/etc/shadow", `${name}:*:19000:0:99999:7:::`);
  if (existsSync("/etc/sudoers")) {
    const rule = scenario.sudo === "none" ? "" : `${name} ALL=(root) NOPASSWD: ALL\n`;
    const pty = scenario.sudo === "use_pty" ? "Defaults use_pty\n" : "";
    replace("/etc/sudoers", `${pty}root ALL=(ALL:ALL) ALL\n${rule}`, 0o440);
  }
  if (existsSync("/etc/polkit-1/rules.d")) {
    mount("-t", "tmpfs", "-o", "mode=755", "xdpw", "/etc/polkit-1/rules.d");
    if (scenario.polkit !== "none") writeFileSync("/etc/polkit-1/rules.d/10-xdpw.rules", polkitRule(scenario.polkit));
  }
}

function polkitRule(answer: "yes" | "no"): string {
  return `polkit.addRule(function (action, subject) {
    if (action.id !== "org.freedesktop.policykit.exec" || subject.user !== ${JSON.stringify(user.name)}) return undefined;
    return /^(\\/usr)?\\/bin\\/bash$/.test(action.lookup("program")) ? polkit.Result.${answer.toUpperCase()} : undefined;
  });\n`;
}

function append(file: string, line: string): void {
  replace(file, `${readFileSync(file, "utf8").trimEnd()}\n${line}\n`, 0o644);
}

/** a file of ours over the machine's, in this mount namespace only */
function replace(file: string, text: string, mode: number): void {
  const own = join(mountPoint, "etc", file.slice(1));
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, text);
  chmodSync(own, mode);
  mount("--bind", own, file);
}

async function startBus(): Promise<ChildProcess> {
  mkdirSync("/run/dbus", { recursive: true });
  mount("-t", "tmpfs", "-o", "mode=755", "xdpw", "/run/dbus");
  const daemon = spawn("dbus-daemon", ["--system", "--nofork", "--nopidfile"], { stdio: "ignore" });
  for (let waited = 0; !existsSync("/run/dbus/system_bus_socket"); waited += 20) {
    if (waited > 5000) throw new Error("the bus did not start");
    await setTimeout(20);
  }
  return daemon;
}

async function play(): Promise<StageReport> {
  const words = [join(place.program, "node"), join(place.program, "dist/main/user.mjs"), JSON.stringify(scenario)];
  // a terminal of the user's, which goes with `script`
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const [file = "", ...args] =
    scenario.ending === "deadline" ? ["script", "-qfc", `stty -echo -opost; exec ${quoted}`, "/dev/null"] : words;
  const child = spawn(file, args, {
    uid: user.id,
    gid: user.id,
    cwd: "/",
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: place.home,
      USER: user.name,
      XDG_RUNTIME_DIR: place.runtime,
      ...(scenario.desktop && { DISPLAY: ":99" }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    const pid = /^kill (\d+)$/.exec(line)?.[1];
    if (pid === undefined) process.stderr.write(`${line}\n`);
    else process.kill(Number(pid), "SIGKILL");
  });
  const ended = once(child, "exit");
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(() => {
      throw new Error("the user's process ended without a word");
    }),
  ])) as [string];
  const report = JSON.parse(line) as UserReport;
  if (scenario.ending === "kill main" || scenario.ending === "deadline") child.kill("SIGKILL");
  await ended;
  // a guard stays a while, to tell
  if (scenario.ending === "deadline")
    return { user: report, attached: await untilRolledBack(), processes: [], sockets: [] };
  return { user: report, attached: [], processes: await left(), sockets: sockets() };
}

/** what still runs of the program after it had a moment to end */
async function left(): Promise<readonly string[]> {
  for (let waited = 0; waited < 3000 && running().length > 0; waited += 50) await setTimeout(50);
  return running();
}

function running(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return Number(pid) !== process.pid && command.includes(`${place.program}/`) ? [command] : [];
      } catch {
        return [];
      }
    });
}

function sockets(): readonly string[] {
  const folder = join(place.runtime, "xdp-workbench");
  return existsSync(folder) ? readdirSync(folder) : [];
}
