/** Code actions: fixes of findings and small rewritings. They are offered by number, and worked out when one is chosen. */
import type { CancellationToken } from "vscode-jsonrpc";
import * as z from "zod";
import { fail } from "../../protocol/failures.ts";
import type { action, FileEdits, Range } from "../../protocol/language.ts";
import type { LanguageContext } from "./context.ts";
import type { OpenDocument } from "./documents.ts";
import { fileEditsOf } from "./edits.ts";
import { uriOf } from "./file-uri.ts";
import * as lsp from "./lsp.ts";
import type { Clangd } from "./start-clangd.ts";

type Action = z.infer<typeof action>;

export interface Offers {
  list(context: LanguageContext, document: OpenDocument, range: Range, token: CancellationToken): Promise<Action[]>;
  /** @throws Failed `not-found` where others were listed since, or the text is another one */
  act(path: string, id: number, version: number): Promise<FileEdits[]>;
  /** an edit that clangd asks for while a command of ours runs */
  edited(edit: lsp.LspWorkspaceEdit): void;
}

interface Offered {
  readonly version: number;
  readonly clangd: Clangd;
  readonly actions: ReadonlyMap<number, lsp.LspCodeAction>;
}

const listsKept = 16;

export function createOffers(): Offers {
  const offered = new Map<string, readonly Offered[]>();
  let nextId = 1;
  let collecting: lsp.LspWorkspaceEdit[] | null = null;
  /** commands run one at a time: the edit that comes is of the one that runs */
  let running: Promise<unknown> = Promise.resolve();

  const runCommand = async (clangd: Clangd, command: object): Promise<FileEdits[]> => {
    const edits: lsp.LspWorkspaceEdit[] = [];
    collecting = edits;
    try {
      await clangd.request("workspace/executeCommand", command, z.unknown());
      return edits.flatMap(fileEditsOf);
    } finally {
      collecting = null;
    }
  };

  return {
    async list(context, document, range, token) {
      const clangd = await context.documents.told(document);
      if (clangd === null) return [];
      const { version } = document;
      const params = {
        textDocument: { uri: uriOf(document.path) },
        range: lsp.toLspRange(range),
        context: { diagnostics: document.diagnostics.filter((one) => touches(lsp.ofLspRange(one.range), range)) },
      };
      const found = ((await clangd.request("textDocument/codeAction", params, lsp.codeActions, token)) ?? []).slice(
        0,
        100,
      );
      const actions = new Map(found.map((one) => [nextId++, one]));
      // the light bulb asks again while an earlier menu is still open
      const earlier = (offered.get(document.path) ?? []).filter((one) => one.version === version);
      offered.set(document.path, [...earlier, { version, clangd, actions }].slice(-listsKept));
      return [...actions].map(([id, { title, kind, isPreferred }]) => ({
        id,
        title: title.slice(0, 1000),
        kind: kind === "quickfix" ? "quickfix" : "refactor",
        preferred: isPreferred ?? false,
      }));
    },
    async act(path, id, version) {
      const offer = offered.get(path)?.find(({ actions }) => actions.has(id));
      const chosen = offer?.actions.get(id);
      if (offer === undefined || chosen === undefined || offer.version !== version) {
        fail({
          kind: "not-found",
          what: "code action",
          name: String(id),
          message: "apply the action: the text was changed since it was offered: ask again",
        });
      }
      if (chosen.edit) return fileEditsOf(chosen.edit);
      const { command } = chosen;
      if (command === undefined) return [];
      const mine = running.then(() =>
        runCommand(offer.clangd, { command: command.command, arguments: command.arguments }),
      );
      running = mine.catch(() => undefined);
      return mine;
    },
    edited(edit) {
      collecting?.push(edit);
    },
  };
}

function touches(a: Range, b: Range): boolean {
  const before = (one: Range["from"], other: Range["from"]): boolean =>
    one.line < other.line || (one.line === other.line && one.column < other.column);
  return !before(a.to, b.from) && !before(b.to, a.from);
}
