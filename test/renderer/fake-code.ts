/** Code of the packet counters as clang 14 makes it, for the fake workbench: "c35,59 text" is an instruction of line 35, inlined into line 59. */
import type { Code, CodeKind, CodeLine, ObjectTree } from "../../protocol/views.ts";

const llvm = `h57 define dso_local i32 @xdp_count(%struct.xdp_md* nocapture noundef readonly %0) section "xdp" {
c-   %2 = alloca i32, align 4
c-   %3 = alloca i32, align 4
c59   %4 = bitcast i32* %3 to i8*
c59   call void @llvm.lifetime.start.p0i8(i64 4, i8* nonnull %4)
c35,59   %5 = bitcast i32* %2 to i8*
c35,59   call void @llvm.lifetime.start.p0i8(i64 4, i8* nonnull %5)
c35,59   store i32 0, i32* %2, align 4
c36,59   %6 = call i8* inttoptr (i64 1 to i8* (i8*, i8*)*)(i8* noundef bitcast (%struct.anon.0* @xdp_action to i8*), i8* noundef nonnull %5) ; bpf_map_lookup_elem
c38,59   %7 = icmp eq i8* %6, null
c38,59   br i1 %7, label %15, label %8
o- 
h- 8:  ; preds = %1
c36,59   %9 = bitcast i8* %6 to i32*
c41,59   %10 = load i32, i32* %9, align 4
c41,59   %11 = icmp eq i32 %10, 3
c41,59   %12 = select i1 %11, i32 3, i32 2
c41,59   %13 = icmp eq i32 %10, 1
c41,59   %14 = select i1 %13, i32 1, i32 %12
c41,59   br label %15
o- 
h- 15:  ; preds = %1, %8
c59   %16 = phi i32 [ 2, %1 ], [ %14, %8 ]
c54,59   call void @llvm.lifetime.end.p0i8(i64 4, i8* nonnull %5)
c59   store i32 %16, i32* %3, align 4
c62   %17 = call i8* inttoptr (i64 1 to i8* (i8*, i8*)*)(i8* noundef bitcast (%struct.anon* @xdp_stats_map to i8*), i8* noundef nonnull %4) ; bpf_map_lookup_elem
c64   %18 = icmp eq i8* %17, null
c64   br i1 %18, label %32, label %19
o- 
h- 19:  ; preds = %15
c72   %20 = bitcast i8* %17 to i64*
c72   %21 = atomicrmw add i64* %20, i64 1 seq_cst, align 8
c73   %22 = getelementptr inbounds i8, i8* %17, i64 8
c73   %23 = bitcast i8* %22 to i64*
c73   %24 = getelementptr inbounds %struct.xdp_md, %struct.xdp_md* %0, i64 0, i32 1
c73   %25 = load i32, i32* %24, align 4
c73   %26 = getelementptr inbounds %struct.xdp_md, %struct.xdp_md* %0, i64 0, i32 0
c73   %27 = load i32, i32* %26, align 4
c73   %28 = sub i32 %25, %27
c73   %29 = zext i32 %28 to i64
c73   %30 = atomicrmw add i64* %23, i64 %29 seq_cst, align 8
c75   %31 = load i32, i32* %3, align 4
c75   br label %32
o- 
h- 32:  ; preds = %15, %19
c-   %33 = phi i32 [ %31, %19 ], [ 0, %15 ]
c76   call void @llvm.lifetime.end.p0i8(i64 4, i8* nonnull %4)
c76   ret i32 %33
o- }
o- 
o- declare void @llvm.lifetime.start.p0i8(i64 immarg, i8* nocapture)
o- 
o- declare void @llvm.lifetime.end.p0i8(i64 immarg, i8* nocapture)
o- `;

const assembly = `h- section "xdp":
h57 xdp_count:
c57    0: r6 = r1
c57    1: r7 = 0
c35    2: *(u32 *)(r10 - 4) = r7
c35    3: r2 = r10
c35    4: r2 += -4
c36    5: r1 = map xdp_action ll
c36    7: call bpf_map_lookup_elem#1
c36    8: r1 = 2
c38    9: if r0 == 0 goto +7 <L2>
c41   10: r2 = *(u32 *)(r0 + 0)
c41   11: r3 = 3
c41   12: if r2 == 3 goto +1 <L1>
c41   13: r3 = 2
h- L1:
c41   14: r1 = 1
c41   15: if r2 == 1 goto +1 <L2>
c41   16: r1 = r3
h- L2:
c59   17: *(u32 *)(r10 - 8) = r1
c59   18: r2 = r10
c59   19: r2 += -8
c62   20: r1 = map xdp_stats_map ll
c62   22: call bpf_map_lookup_elem#1
c64   23: if r0 == 0 goto +9 <L3>
c64   24: r1 = 1
c72   25: lock *(u64 *)(r0 + 0) += r1
c73   26: r1 = *(u32 *)(r6 + 0)
c73   27: r2 = *(u32 *)(r6 + 4)
c73   28: r2 -= r1
c73   29: r2 <<= 32
c73   30: r2 >>= 32
c73   31: lock *(u64 *)(r0 + 8) += r2
c75   32: r7 = *(u32 *)(r10 - 8)
h- L3:
c76   33: r0 = r7
c76   34: exit`;

const xlated = `h57 xdp_count:
c57    0: r6 = r1
c57    1: r7 = 0
c35    2: *(u32 *)(r10 - 4) = r7
c35    3: r2 = r10
c35    4: r2 += -4
c36    5: r1 = map[id:42] ll
c36    7: call bpf_map_lookup_elem#1
c36    8: r1 = 2
c38    9: if r0 == 0 goto +7 <L2>
c41   10: r2 = *(u32 *)(r0 + 0)
c41   11: r3 = 3
c41   12: if r2 == 3 goto +1 <L1>
c41   13: r3 = 2
h- L1:
c41   14: r1 = 1
c41   15: if r2 == 1 goto +1 <L2>
c41   16: r1 = r3
h- L2:
c59   17: *(u32 *)(r10 - 8) = r1
c59   18: r2 = r10
c59   19: r2 += -8
c62   20: r1 = map[id:41] ll
c62   22: call bpf_map_lookup_elem#1
c64   23: if r0 == 0 goto +9 <L3>
c64   24: r1 = 1
c72   25: lock *(u64 *)(r0 + 0) += r1
c73   26: r1 = *(u32 *)(r6 + 0)
c73   27: r2 = *(u32 *)(r6 + 4)
c73   28: r2 -= r1
c73   29: r2 <<= 32
c73   30: r2 >>= 32
c73   31: lock *(u64 *)(r0 + 8) += r2
c75   32: r7 = *(u32 *)(r10 - 8)
h- L3:
c76   33: r0 = r7
c76   34: exit`;

const jited = `h57 xdp_count:
c57    0: nopl    (%rax,%rax)
c57    5: pushq   %rbp
c57    6: movq    %rsp, %rbp
c57    9: subq    $0x8, %rsp
c57   10: pushq   %rbx
c57   11: pushq   %r13
c57   13: movq    %rdi, %rbx
c57   16: xorl    %r13d, %r13d
c35,59   19: movl    %r13d, -0x4(%rbp)
c35,59   1d: movq    %rbp, %rsi
c35,59   20: addq    $-0x4, %rsi
c36,59   24: movabsq $-0x6e3d5bf0aa00, %rdi
c38,59   2e: testq   %rax, %rax
c38,59   31: je      0x5e
c41,59   33: movl    (%rax), %esi
c41,59   36: cmpq    $0x3, %rsi
c72   8e: lock
c72   8f: addq    %rdi, (%rax)
c76   b1: popq    %r13
c76   b3: popq    %rbx
c76   b4: leave
c76   b5: retq`;

const kinds = { h: "heading", c: "code", o: "other" } as const;

function linesOf(text: string): readonly CodeLine[] {
  return text.split("\n").map((line) => {
    const [, kind = "o", at = "-", rest = ""] = /^(\w)(\S+) ?(.*)$/.exec(line) ?? [];
    const places = at === "-" ? [] : at.split(",").map((one) => ({ file: 0, line: Number(one), column: 1 }));
    return { text: rest, kind: kinds[kind as keyof typeof kinds], at: places };
  });
}

export function codeOf(kind: CodeKind, path: string, id: number | null): Code {
  const lines = [...linesOf({ llvm, assembly, xlated, jited }[kind])];
  return {
    kind,
    files: [path],
    lines,
    functions: [{ name: "xdp_count", line: lines.findIndex(({ text }) => text.includes("xdp_count")) }],
    program: id === null ? null : { id, name: "xdp_count", tag: "3b185187f1855c4c" },
    machine: { llvm: "LLVM", assembly: "BPF", xlated: "BPF", jited: "x86-64" }[kind],
    commands:
      id === null
        ? ["clang -S -target bpf -O2 -emit-llvm -c -g program.bpf.c -o program.ll", "llvm-objdump -d -r -S program.o"]
        : [`bpftool prog dump ${kind} id ${id} linum`],
    notes: kind === "llvm" ? ["left out: 148 lines of metadata; xdpw build --emit ir writes all of it"] : [],
  };
}

export function treeOf(path: string): ObjectTree {
  return {
    path: path,
    format: "ELF 64-bit little-endian, BPF",
    bytes: 8064,
    license: "Dual BSD/GPL",
    sections: [
      { index: 1, name: ".strtab", type: "STRTAB", flags: "", bytes: 306 },
      { index: 2, name: ".text", type: "PROGBITS", flags: "ALLOC EXECINSTR", bytes: 0 },
      { index: 3, name: "xdp", type: "PROGBITS", flags: "ALLOC EXECINSTR", bytes: 280 },
      { index: 4, name: ".relxdp", type: "REL", flags: "INFO_LINK", bytes: 32 },
      { index: 5, name: ".maps", type: "PROGBITS", flags: "WRITE ALLOC", bytes: 64 },
      { index: 6, name: "license", type: "PROGBITS", flags: "WRITE ALLOC", bytes: 13 },
      { index: 17, name: ".BTF", type: "PROGBITS", flags: "", bytes: 1368 },
      { index: 19, name: ".BTF.ext", type: "PROGBITS", flags: "", bytes: 368 },
      { index: 26, name: ".symtab", type: "SYMTAB", flags: "", bytes: 456 },
    ],
    programs: [
      {
        name: "xdp_count",
        section: "xdp",
        type: "xdp",
        instructions: 35,
        at: { file: path, line: 57 },
        calls: [],
        maps: ["xdp_action", "xdp_stats_map"],
      },
    ],
    maps: [
      {
        name: "xdp_stats_map",
        type: "array",
        keySize: 4,
        valueSize: 16,
        key: "__u32",
        value: "struct datarec",
        maxEntries: 5,
        flags: [],
        pinned: false,
        at: { file: path, line: 23 },
      },
      {
        name: "xdp_action",
        type: "array",
        keySize: 4,
        valueSize: 4,
        key: "__u32",
        value: "__u32",
        maxEntries: 1,
        flags: [],
        pinned: false,
        at: { file: path, line: 31 },
      },
    ],
    globals: [{ section: ".rodata", name: "limit", type: "const volatile __u32", bytes: 4, value: "64" }],
    types: [
      { id: 2, kind: "int", name: "int", bytes: 4, declaration: "int", members: [] },
      { id: 8, kind: "typedef", name: "__u32", bytes: 4, declaration: "typedef unsigned int __u32", members: [] },
      { id: 9, kind: "int", name: "unsigned int", bytes: 4, declaration: "unsigned int", members: [] },
      {
        id: 11,
        kind: "struct",
        name: "datarec",
        bytes: 16,
        declaration: "struct datarec",
        members: ["0: __u64 rx_packets", "8: __u64 rx_bytes"],
      },
      {
        id: 12,
        kind: "typedef",
        name: "__u64",
        bytes: 8,
        declaration: "typedef unsigned long long __u64",
        members: [],
      },
      {
        id: 21,
        kind: "struct",
        name: "xdp_md",
        bytes: 24,
        declaration: "struct xdp_md",
        members: [
          "0: __u32 data",
          "4: __u32 data_end",
          "8: __u32 data_meta",
          "12: __u32 ingress_ifindex",
          "16: __u32 rx_queue_index",
          "20: __u32 egress_ifindex",
        ],
      },
      {
        id: 23,
        kind: "func",
        name: "xdp_count",
        bytes: null,
        declaration: "int xdp_count(struct xdp_md *ctx)",
        members: [],
      },
    ],
    notes: [],
  };
}
