/** Monaco's worker: words for completion, and differences. */
import "monaco-editor/editor/editor.worker.js";
