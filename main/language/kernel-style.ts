/**
 * The kernel's coding style (Documentation/process/coding-style.rst) for clang-format, with what BPF sources need:
 * SEC() stands on a line of its own before what it belongs to, and includes keep their order, which C headers depend on.
 */
const style: Readonly<Record<string, string | number | boolean | readonly string[]>> = {
  BasedOnStyle: "LLVM",
  Language: "Cpp",
  IndentWidth: 8,
  TabWidth: 8,
  ContinuationIndentWidth: 8,
  UseTab: "Always",
  ColumnLimit: 100,
  BreakBeforeBraces: "Linux",
  AllowShortBlocksOnASingleLine: "Never",
  AllowShortFunctionsOnASingleLine: "None",
  AllowShortIfStatementsOnASingleLine: "Never",
  AllowShortLoopsOnASingleLine: false,
  AllowShortEnumsOnASingleLine: false,
  AlignEscapedNewlines: "Left",
  IndentCaseLabels: false,
  IndentGotoLabels: false,
  SortIncludes: "Never",
  ReflowComments: false,
  SpaceBeforeParens: "ControlStatementsExceptForEachMacros",
  DerivePointerAlignment: false,
  PointerAlignment: "Right",
  Cpp11BracedListStyle: false,
  ForEachMacros: ["bpf_for", "bpf_for_each", "bpf_repeat"],
  AttributeMacros: ["SEC", "__always_inline", "__noinline", "__weak", "__hidden", "__ksym", "__kconfig"],
};

/** As --style takes it; JSON is YAML. */
export const kernelStyle = JSON.stringify(style);
