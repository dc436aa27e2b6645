/**
 * The language room of one session: its documents, its clangd, and one handler for each `language.` method of the
 * contract. Without clangd, what the workbench itself knows (helpers, sections, licenses, formatting) goes on.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Findings, LanguageState } from "../../protocol/language.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { FormatStyle } from "../../protocol/settings.ts";
import type * as protocol from "../../protocol/language.ts";
import { createOffers } from "./act.ts";
import { checkSource } from "./bpf/check-source.ts";
import { helperManuals } from "./bpf/helper-manual.ts";
import { includedLicense } from "./bpf/included-license.ts";
import { type Answer, type HelperProbe, probeHelpers } from "./bpf/probe-helpers.ts";
import { complete, type Completed } from "./complete.ts";
import type { LanguageContext } from "./context.ts";
import { hover, signature } from "./describe-place.ts";
import { openDocuments, type OpenDocument } from "./documents.ts";
import { findTool } from "./find-tool.ts";
import { format } from "./format.ts";
import { keepClangd } from "./keep-clangd.ts";
import { listHints, listSymbols } from "./list-symbols.ts";
import { definition, references, rename } from "./navigate.ts";
import { startClangd } from "./start-clangd.ts";

type LanguageMethods = Pick<typeof workbench, Extract<keyof typeof workbench, `language.${string}`>>;

export interface LanguageOptions {
  readonly findings: (findings: Findings) => void;
  readonly state: (state: LanguageState) => void;
  /** which helpers an XDP program may call; null where the kernel cannot be asked now */
  readonly askKernel: () => Promise<Answer | null>;
  /** where no .clang-format is found */
  readonly formatStyle?: () => FormatStyle;
  /** where the answer is kept */
  readonly cache: () => string;
  /** tests put others in their place */
  readonly findClangd?: () => string | null;
  readonly clangdArguments?: readonly string[];
  readonly restartDelay?: number;
}

export interface Language {
  readonly handlers: Handlers<LanguageMethods>;
  state(): LanguageState;
  /** the kernel can be asked now */
  probe(): void;
  end(): void;
}

const checkMilliseconds = 200;
/** longer sources are not looked through while typing */
const checkedLength = 1024 * 1024;
const listsKept = 4;
const pageLimit = 64_000;

export function openLanguage(options: LanguageOptions): Language {
  const offers = createOffers();
  const lists = new Map<number, Completed>();
  const timers = new Map<OpenDocument, ReturnType<typeof setTimeout>>();
  let nextList = 1;
  let probe: HelperProbe | null = null;
  let probing: Promise<void> | null = null;
  let ended = false;

  const keeper = keepClangd({
    find: options.findClangd ?? (() => findTool("clangd")),
    start: (file, died) =>
      startClangd({
        file,
        readable: documents.folders,
        published: ({ uri, version, diagnostics }) => documents.published(uri, version, diagnostics),
        edited: offers.edited,
        ended: died,
        ...(options.clangdArguments === undefined ? {} : { arguments: options.clangdArguments }),
      }),
    greeted: () => documents.greeted(),
    changed: options.state,
    ...(options.restartDelay === undefined ? {} : { delay: options.restartDelay }),
  });

  const check = async (document: OpenDocument): Promise<void> => {
    const { text } = document.text;
    const included = document.path.endsWith(".h") ? "" : await includedLicense(document.path, text);
    if (ended || documents.get(document.path) !== document || document.text.text !== text) return;
    const own = checkSource(document.text, { manuals: context.manuals, probe, included });
    if (own.length === 0 && document.own.length === 0) return;
    document.own = own;
    documents.publish(document);
  };
  const checkSoon = (document: OpenDocument): void => {
    clearTimeout(timers.get(document));
    timers.delete(document);
    if (document.text.text.length > checkedLength) return;
    const timer = setTimeout(() => {
      timers.delete(document);
      void check(document).catch(() => undefined);
    }, checkMilliseconds);
    timers.set(document, timer);
  };

  const documents = openDocuments({ keeper: () => keeper, publish: options.findings, changed: checkSoon });
  const context: LanguageContext = {
    documents,
    // read when they are first asked for: a run of the command line never does
    get manuals() {
      return helperManuals();
    },
    probe: () => probe,
  };

  const startProbe = (): void => {
    if (probe !== null || probing !== null || ended) return;
    probing = Promise.resolve()
      .then(() => probeHelpers({ folder: options.cache(), ask: options.askKernel }))
      .then((found) => {
        probe = found;
        if (probe !== null) for (const document of documents.all()) checkSoon(document);
      })
      .catch(() => undefined)
      .finally(() => {
        probing = null;
      });
  };

  const documentAt = (path: string): OpenDocument => {
    const document = documents.get(path);
    if (document !== undefined) return document;
    return fail({ kind: "not-found", what: "document", name: path, message: `${path} is not open for editing` });
  };
  const keepList = (completed: Completed): z.infer<typeof protocol.completion> => {
    const list = nextList++;
    lists.set(list, completed);
    lists.delete(list - listsKept);
    return { list, items: [...completed.items], incomplete: completed.incomplete };
  };
  /** most answers are of use only to the text that they were asked for */
  const alive = async <T>(token: CancellationToken, work: () => Promise<T>): Promise<T> => {
    if (token.isCancellationRequested) fail({ kind: "cancelled", message: "cancelled" });
    return work();
  };

  const handlers: Handlers<LanguageMethods> = {
    "language.open": async ({ path, version, text }) => {
      documents.open(path, version, text);
      startProbe();
      return { state: "ok" };
    },
    "language.change": async ({ path, basedOn, version, changes }) => ({
      state: documents.change(path, basedOn, version, changes) ? "ok" : "unknown",
    }),
    "language.close": async ({ path }) => {
      documents.close(path);
      return {};
    },
    "language.restart": async () => {
      keeper.renew();
      return {};
    },
    "language.completion": ({ path, at, trigger }, { token }) =>
      alive(token, async () => keepList(await complete(context, documentAt(path), at, trigger, token))),
    "language.resolve": async ({ list, index }) => ({
      markdown: (lists.get(list)?.pages[index]?.() ?? "").slice(0, pageLimit),
    }),
    "language.hover": ({ path, at }, { token }) => alive(token, () => hover(context, documentAt(path), at, token)),
    "language.signature": ({ path, at }, { token }) =>
      alive(token, () => signature(context, documentAt(path), at, token)),
    "language.definition": ({ path, at }, { token }) =>
      alive(token, async () => ({ places: await definition(context, documentAt(path), at, token) })),
    "language.references": ({ path, at }, { token }) =>
      alive(token, async () => ({ places: await references(context, documentAt(path), at, token) })),
    "language.rename": ({ path, at, name }, { token }) =>
      alive(token, async () => ({ files: await rename(context, documentAt(path), at, name, token) })),
    "language.symbols": ({ path }, { token }) =>
      alive(token, async () => ({ symbols: await listSymbols(context, documentAt(path), token) })),
    "language.format": ({ path, range }, { token }) =>
      alive(token, () => format(path, documentAt(path).text, range, options.formatStyle?.() ?? "kernel", token)),
    "language.actions": ({ path, range }, { token }) =>
      alive(token, async () => ({ actions: await offers.list(context, documentAt(path), range, token) })),
    "language.act": async ({ path, id }) => ({ files: await offers.act(path, id, documentAt(path).version) }),
    "language.hints": ({ path, range }, { token }) =>
      alive(token, async () => ({ hints: await listHints(context, documentAt(path), range, token) })),
  };
  return {
    handlers,
    state: () => keeper.state(),
    probe: startProbe,
    end() {
      ended = true;
      for (const timer of timers.values()) clearTimeout(timer);
      keeper.close();
    },
  };
}
