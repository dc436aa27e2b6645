/**
 * `npm start`: sets up, then opens the workbench by the best door that this machine has, and says which and why.
 * Options: --port N; --door electron|browser|url to choose the door.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findChromium } from "./chromium.mjs";
import { provideElectron } from "./electron-binary.mjs";
import { root, setUp } from "./setup/setup.mjs";

/** @typedef {"electron" | "browser" | "url"} Door */
/** @typedef {{ readonly door: Door, readonly why: string, readonly file?: string }} Choice */
/** @typedef {{ readonly url: string, readonly port: number }} Listening what the server prints, as JSON, on one line */

/**
 * @param {string} text
 */
function say(text) {
  console.log(`xdp-workbench: ${text}`);
}

/**
 * @param {readonly string[]} args
 * @returns {{ readonly port?: string, readonly door?: Door } | string} the options, or what is wrong with them
 */
function readOptions(args) {
  /** @type {{ port?: string, door?: Door }} */
  const options = {};
  for (let index = 0; index < args.length; index += 1) {
    const [name = "", inline] = (args[index] ?? "").split("=", 2);
    const value = inline ?? args[(index += 1)] ?? "";
    if (name === "--port" && /^\d+$/.test(value) && Number(value) <= 65_535) options.port = value;
    else if (name === "--door" && (value === "electron" || value === "browser" || value === "url"))
      options.door = value;
    else return `cannot read ${args.join(" ")}; there are --port N and --door electron|browser|url`;
  }
  return options;
}

/**
 * @param {Door | undefined} asked
 * @returns {Promise<Choice>}
 */
async function chooseDoor(asked) {
  const display = process.env["WAYLAND_DISPLAY"] || process.env["DISPLAY"];
  if (asked === "url") return { door: "url", why: "as asked" };
  if (!display) return { door: "url", why: "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)" };
  const browser = findChromium();
  const reasons = [];
  if (asked === "browser") reasons.push("as asked");
  else if (process.getuid?.() === 0) reasons.push("Electron keeps no sandbox when root runs it");
  else {
    const electron = await provideElectron(root, say);
    if ("file" in electron) return { door: "electron", why: electron.why, file: electron.file };
    reasons.push(electron.why);
  }
  if (browser !== undefined) return { door: "browser", why: reasons.join("; "), file: browser };
  return { door: "url", why: [...reasons, "no browser of the Chromium family is installed"].join("; ") };
}

/**
 * Runs a child until it ends. Ctrl-C reaches it by itself, SIGTERM is handed on.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>} exit code
 */
function untilEnd(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      say(error.message);
      resolve(1);
    });
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)));
  });
}

/**
 * @param {Choice} choice
 * @returns {Promise<number>}
 */
function runElectron({ file = "" }) {
  const child = spawn(file, [root], { stdio: "inherit" });
  handOn(child);
  return untilEnd(child);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 */
function handOn(child) {
  // a terminal sends SIGINT to the whole group, kill only to us: the child takes either, or both, as one
  process.on("SIGINT", () => child.kill("SIGTERM"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
}

/**
 * @param {Choice} choice
 * @param {string | undefined} port
 * @returns {Promise<number>}
 */
async function runServer(choice, port) {
  const args = ["dist/main/serve.js", ...(port === undefined ? [] : ["--port", port])];
  // its terminal is ours: that is where sudo asks
  const server = spawn(process.execPath, args, { cwd: root, stdio: ["inherit", "pipe", "inherit"] });
  handOn(server);
  const ended = untilEnd(server);
  createInterface({ input: server.stdout }).on("line", (line) => {
    const listening = readListening(line);
    if (listening === undefined) console.log(line);
    else if (choice.door === "browser") openBrowser(choice.file ?? "", listening, server);
    else tellUrl(listening);
  });
  return await ended;
}

/**
 * @param {string} line
 * @returns {Listening | undefined}
 */
function readListening(line) {
  try {
    const value = JSON.parse(line);
    return typeof value?.url === "string" && typeof value?.port === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {Listening} listening
 */
function tellUrl({ url, port }) {
  say(`open ${url}`);
  say("the token in it works once, for one browser");
  say(`from another machine, first: ssh -L ${port}:127.0.0.1:${port} ${process.env["USER"] ?? "you"}@this-machine`);
  say("Ctrl-C ends it");
}

/**
 * The window is the program: when it is closed, the server ends.
 * @param {string} file
 * @param {Listening} listening
 * @param {import("node:child_process").ChildProcess} server
 */
function openBrowser(file, listening, server) {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? root, ".cache");
  const isRoot = process.getuid?.() === 0;
  if (isRoot) say("the browser runs without its sandbox, as it does for root; the window shows the workbench only");
  const started = performance.now();
  const browser = spawn(
    file,
    [
      `--app=${listening.url}`,
      `--user-data-dir=${join(cache, "xdp-workbench/browser")}`,
      "--no-first-run",
      "--no-default-browser-check",
      ...(isRoot ? ["--no-sandbox"] : []),
    ],
    { stdio: "ignore" },
  );
  browser.on("error", () => tellUrl(listening));
  browser.on("exit", (code) => {
    if (code !== 0 && performance.now() - started < 5000) {
      say(`${file} ended at once with exit code ${code}: open the workbench by hand`);
      tellUrl(listening);
    } else {
      server.kill("SIGTERM");
    }
  });
  server.on("exit", () => browser.kill("SIGTERM"));
}

/**
 * @returns {Promise<number>} exit code
 */
async function main() {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    say(options);
    return 2;
  }
  const ready = await setUp({ tests: false });
  if (ready !== 0) return ready;
  const choice = await chooseDoor(options.door);
  const doors = { electron: "Electron", browser: `an app window of ${choice.file}`, url: "a browser of yours" };
  say(`the door is ${doors[choice.door]}: ${choice.why}`);
  return choice.door === "electron" ? await runElectron(choice) : await runServer(choice, options.port);
}

process.exitCode = await main();
