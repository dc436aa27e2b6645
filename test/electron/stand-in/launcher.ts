/** `node launcher.mjs APPLICATION`: does what Electron's binary does with an application's folder. */
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { becomeReady } from "./application.ts";

const folder = resolve(process.argv[2] ?? ".");
const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly main: string };

Object.defineProperty(process, "versions", { value: { ...process.versions, electron: "45.4.1" } });
const standIn = new URL("./electron.mjs", import.meta.url).href;
register(
  `data:text/javascript,${encodeURIComponent(`
    export const resolve = (specifier, context, next) =>
      specifier === "electron" ? { url: ${JSON.stringify(standIn)}, shortCircuit: true } : next(specifier, context);
  `)}`,
);

// An application that does not come to the end of its entry would hang in Electron, without a word.
const timer = setTimeout(() => {
  process.stderr.write("stand-in: the application's entry never ends: it waits for something that comes after it\n");
  process.exit(70);
}, 5000);
import(pathToFileURL(join(folder, main)).href)
  .then(() => {
    clearTimeout(timer);
    return becomeReady();
  })
  .catch((error: unknown) => {
    process.stderr.write(`stand-in: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(70);
  });
