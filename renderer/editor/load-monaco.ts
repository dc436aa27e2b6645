type Monaco = typeof import("./monaco.ts");

let loading: Promise<Monaco> | null = null;

/** The editor's code, asked for once and beside the frame. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import("./monaco.ts");
  return loading;
}
