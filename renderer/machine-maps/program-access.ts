/** What a map lets programs do, where that is not all: BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG of include/uapi/linux/bpf.h. */
const readOnly = 1 << 7;
const writeOnly = 1 << 8;

export function programAccess({ flags }: { readonly flags: number }): string | null {
  if ((flags & readOnly) !== 0) return "programs only read it";
  return (flags & writeOnly) === 0 ? null : "programs only write it";
}
