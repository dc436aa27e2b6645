/** Keeps main's documents in step with the texts being edited: changes are sent together, and before every question. */
import type { editor } from "monaco-editor/editor/editor.api.js";
import { Failed } from "../../../protocol/failures.ts";
import type { TextEdit } from "../../../protocol/language.ts";
import type { App, Request } from "../../session/app.ts";
import { loadMonaco } from "../load-monaco.ts";
import { ofRange } from "./places.ts";
import { isPreview } from "./preview-texts.ts";
import { isC } from "./system-file.ts";

interface Synced {
  readonly model: editor.ITextModel;
  readonly path: string;
  /** the version that main has; null where it has none */
  sent: number | null;
  pending: TextEdit[];
  timer: ReturnType<typeof setTimeout> | null;
}

export interface Documents {
  /** the answer of main to a question about a text; null where there is none, for whatever reason */
  ask<M extends Parameters<Request>[0]>(
    model: editor.ITextModel,
    method: M,
    params: Parameters<Request<M>>[1],
    token?: Parameters<Request>[2],
  ): Promise<Awaited<ReturnType<Request<M>>> | null>;
  /** the same, but failures are thrown */
  demand: Documents["ask"];
  pathOf(model: editor.ITextModel): string | null;
  sentVersion(path: string): number | null;
  flush(path: string): void;
}

const quietMilliseconds = 60;
const pendingLimit = 2000;
