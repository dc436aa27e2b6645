/** How code is coloured: LLVM IR, BPF assembly in the verifier's words, and machine code of the hosts. */
import type { languages } from "monaco-editor/editor/editor.api.js";

/** https://llvm.org/docs/LangRef.html */
const llvm: languages.IMonarchLanguage = {
  defaultToken: "",
  keywords: [
    ..."define declare attributes global constant private internal external linkonce_odr dso_local local_unnamed_addr".split(
      " ",
    ),
    ..."unnamed_addr align section distinct type target datalayout triple source_filename comdat metadata".split(" "),
    ..."ret br switch unreachable add sub mul udiv sdiv urem srem shl lshr ashr and or xor load store alloca".split(
      " ",
    ),
    ..."getelementptr inbounds icmp fcmp phi select call tail musttail fence cmpxchg atomicrmw zext sext trunc".split(
      " ",
    ),
    ..."bitcast inttoptr ptrtoint addrspacecast extractvalue insertvalue to label nuw nsw exact volatile eq ne".split(
      " ",
    ),
    ..."ugt uge ult ule sgt sge slt sle nocapture noundef readonly writeonly nonnull zeroext signext immarg".split(" "),
  ],
  constants: ["true", "false", "null", "undef", "poison", "zeroinitializer", "none"],
  types: ["void", "ptr", "float", "double", "half", "opaque", "x"],
  tokenizer: {
    root: [
      [/;.*$/, "comment"],
      [/"/, { token: "string", next: "@string" }],
      [/@(?:[-\w.$]+|"[^"]*")/, "function"],
      [/%(?:[-\w.$]+|"[^"]*")/, "identifier"],
      [/![-\w.$]+/, "directive"],
      [/#\d+/, "directive"],
      [/[-\w.$]+(?=:)/, "constant"],
      [/\bi\d+\b/, "type"],
      [/-?\b(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/, "number"],
      [
        /[A-Za-z_][\w.]*/,
        { cases: { "@keywords": "keyword", "@types": "type", "@constants": "constant", "@default": "identifier" } },
      ],
      [/[{}()[\]<>]/, "delimiter"],
      [/[-=,*!.:|]/, "delimiter"],
    ],
    string: [
      [/[^"\\]+/, "string"],
      [/\\[0-9a-fA-F]{2}|\\./, "string.escape"],
      [/"|$/, { token: "string", next: "@pop" }],
    ],
  },
};

const bpf: languages.IMonarchLanguage = {
  defaultToken: "",
  keywords: ["if", "goto", "call", "exit", "lock", "callx", "may_goto", "tailcall", "ll", "be", "le"],
  tokenizer: {
    root: [
      [/[;#].*$|\/\/.*$/, "comment"],
      [/"[^"]*"?/, "string"],
      [/^\s*\d+:/, "comment"],
      // a label, a section, a program
      [/^<?[A-Za-z_.][-\w.$/]*>?:?(?=\s*$|\(|:)/, "function"],
      [/\b[rw](?:10|\d)\b/, "type"],
      [/\b[us](?:8|16|32|64)\b/, "keyword"],
      [/\b(?:map|subprog|off|idx)\b/, "constant"],
      [/[+-]?\b0x[0-9a-fA-F]+\b|[+-]?\b\d+\b/, "number"],
      [/<[^>]*>/, "function"],
      [/(call)(\s+)([A-Za-z_][\w.$#]*)/, ["keyword", "white", "function"]],
      [/[A-Za-z_][\w.$#]*/, { cases: { "@keywords": "keyword", "@default": "identifier" } }],
      [/[-+*/%=<>!&|^~?:,.()[\]{}]/, "delimiter"],
    ],
  },
};

/** x86, arm, riscv and the others differ in their names, which are all of one shape. */
const machine: languages.IMonarchLanguage = {
  defaultToken: "",
  tokenizer: {
    root: [
      [/[;#].*$|\/\/.*$/, "comment"],
      [/^\s*[0-9a-fA-F]+:/, "comment"],
      [/^<?[A-Za-z_.][-\w.$]*>?:?(?=\s*$|\(|:)/, "function"],
      [/[%$]?-?\b0x[0-9a-fA-F]+\b|\$?-?\b\d+\b/, "number"],
      [/%[a-z][a-z0-9]*/, "type"],
      [/\b(?:r(?:[0-9]|1[0-5])[dwb]?|[re]?(?:[abcd]x|[sd]i|[sb]p)|rip|[wx](?:[12]?[0-9]|30)|xzr|wzr|sp|lr)\b/, "type"],
      [/\b(?:[bdq]?word|byte|ptr|short|lock|rep)\b/, "keyword"],
      [/<[^>]*>/, "function"],
      [/(^\s*|\s{2,})([a-z][a-z0-9.]*)/, ["white", "keyword"]],
      [/[A-Za-z_][\w.$]*/, "identifier"],
      [/[-+*/=,()[\]{}:]/, "delimiter"],
    ],
  },
};

export type CodeLanguage = "llvm-ir" | "bpf-assembly" | "machine-assembly";

let registered = false;

export function registerCodeLanguages(to: typeof languages): void {
  if (registered) return;
  registered = true;
  for (const [id, grammar, comment] of [
    ["llvm-ir", llvm, ";"],
    ["bpf-assembly", bpf, ";"],
    ["machine-assembly", machine, ";"],
  ] as const) {
    to.register({ id });
    to.setLanguageConfiguration(id, { comments: { lineComment: comment } });
    to.setMonarchTokensProvider(id, grammar);
  }
}
