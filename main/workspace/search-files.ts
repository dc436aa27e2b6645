/** Search in the files of a workspace, with grep: bounded, told as it is found, ended when nobody wants it any more. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import type { SearchDone, SearchFound, SearchMatch, SearchParams } from "../../protocol/workspace.ts";
import { fileFailure } from "../source/file-failure.ts";
import { skippedFolders } from "./list-files.ts";
import { readMatches } from "./read-matches.ts";

const matchLimit = 5000;
const linesOfFile = 1000;
/** what is found meanwhile is told together */
const tellMilliseconds = 50;

/** @throws Failed `cancelled`, `bad-value` (the expression, in grep's words), `missing-tool`, `file` */
export function searchFiles(
  folder: string,
  params: SearchParams,
  token: CancellationToken,
  tell: (found: SearchFound) => void,
): Promise<SearchDone> {
  return new Promise((resolve, reject) => {
    const waiting = new Map<string, SearchMatch[]>();
    const files = new Set<string>();
    let matches = 0;
    let more = false;
    let said = "";
    const child = spawn("grep", argumentsOf(params), {
      cwd: folder,
      env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", GREP_COLORS: "ms=01:mc=01:sl=:cx=:fn=:ln=:bn=:se=:ne" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const flush = (): void => {
      for (const [path, found] of waiting) tell({ search: params.search, path, matches: found });
      waiting.clear();
    };
    const timer = setInterval(flush, tellMilliseconds);
    const stop = token.onCancellationRequested(() => child.kill("SIGKILL"));
    const end = (): void => {
      clearInterval(timer);
      stop.dispose();
    };
    const reader = readMatches((name, found) => {
      if (more) return;
      const path = join(folder, name);
      files.add(path);
      const taken = found.slice(0, matchLimit - matches);
      matches += taken.length;
      waiting.set(path, [...(waiting.get(path) ?? []), ...taken]);
      if (matches < matchLimit) return;
      more = true;
      child.kill("SIGKILL");
    });
    child.stdout.on("data", (chunk: Buffer) => reader.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-2000);
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      end();
      reject(existsSync(folder) && error.code === "ENOENT" ? missing() : fileFailure("search in", folder, error));
    });
    child.once("close", (code) => {
      end();
      if (token.isCancellationRequested) {
        reject(new Failed({ kind: "cancelled", message: `search for ${params.text}: stopped` }));
        return;
      }
      flush();
      // 1: nothing found; 2 with findings: a file among them could not be read
      if (code === 2 && matches === 0 && isAboutExpression(said)) reject(badExpression(params.text, said));
      else resolve({ matches, files: files.size, more });
    });
    if (token.isCancellationRequested) child.kill("SIGKILL");
  });
}

function argumentsOf({ text, regex, matchCase, wholeWord }: SearchParams): string[] {
  return [
    "-rnHZI",
    regex ? "-P" : "-F",
    "--color=always",
    `--max-count=${linesOfFile}`,
    "--devices=skip",
    "--exclude=.xdpw-*~",
    ...[...skippedFolders].map((name) => `--exclude-dir=${name}`),
    ...(matchCase ? [] : ["-i"]),
    ...(wholeWord ? ["-w"] : []),
    ...["-e", text],
  ];
}

/** Not about a file that could not be read: those begin with its name. */
function isAboutExpression(said: string): boolean {
  return (
    said !== "" && !/: (Permission denied|No such file or directory|Is a directory|Input\/output error)\s*$/m.test(said)
  );
}

function badExpression(text: string, said: string): Failed {
  const why = said.split("\n", 1)[0]?.replace(/^grep: /, "") ?? "";
  return new Failed({
    kind: "bad-value",
    field: "text",
    message: `search for ${text}: ${why}: correct the regular expression`,
  });
}

function missing(): Failed {
  return new Failed({
    kind: "missing-tool",
    tool: "grep",
    package: "grep",
    message: "search: grep is not installed: install the package grep",
  });
}
