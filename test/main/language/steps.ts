/** A language room for one test, with everything it says kept. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { findTool } from "../../../main/language/find-tool.ts";
import { type Language, type LanguageOptions, openLanguage } from "../../../main/language/open-language.ts";
import type { Findings, LanguageState } from "../../../protocol/language.ts";

export const hasClangd = findTool("clangd") !== null;

export interface Room {
  readonly language: Language;
  readonly folder: string;
  readonly findings: Map<string, Findings>;
  readonly states: LanguageState[];
  /** calls a method as the wire would */
  call: <M extends keyof Language["handlers"]>(
    method: M,
    params: Parameters<Language["handlers"][M]>[0],
  ) => ReturnType<Language["handlers"][M]>;
  open(path: string, text: string): Promise<void>;
  until(what: string, condition: () => boolean, milliseconds?: number): Promise<void>;
  close(): void;
}

export function openRoom(options: Partial<LanguageOptions> = {}, name = "xdpw language Größe "): Room {
  const folder = mkdtempSync(join(tmpdir(), name));
  const findings = new Map<string, Findings>();
  const states: LanguageState[] = [];
  const language = openLanguage({
    findings: (found) => findings.set(found.path, found),
    state: (state) => states.push(state),
    askKernel: async () => null,
    cache: () => join(folder, ".cache"),
    restartDelay: 20,
    ...options,
  });
  const room: Room = {
    language,
    folder,
    findings,
    states,
    call: (method, params) =>
      (language.handlers[method] as (params: unknown, context: unknown) => never)(params, {
        token: new CancellationTokenSource().token,
      }),
    async open(path, text) {
      await room.call("language.open", { path, version: 1, text });
    },
    async until(what, condition, milliseconds = 15_000) {
      const end = Date.now() + milliseconds;
      while (!condition()) {
        if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close() {
      language.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return room;
}

/** The text without its one `|`, and the place where it was. */
export function atBar(text: string): { readonly text: string; readonly at: { line: number; column: number } } {
  const offset = text.indexOf("|");
  const before = text.slice(0, offset).split("\n");
  return {
    text: text.slice(0, offset) + text.slice(offset + 1),
    at: { line: before.length, column: (before.at(-1) ?? "").length + 1 },
  };
}
