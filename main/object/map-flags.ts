/** Flags of BPF_MAP_CREATE by bit (include/uapi/linux/bpf.h). */
const names = [
  "BPF_F_NO_PREALLOC",
  "BPF_F_NO_COMMON_LRU",
  "BPF_F_NUMA_NODE",
  "BPF_F_RDONLY",
  "BPF_F_WRONLY",
  "BPF_F_STACK_BUILD_ID",
  "BPF_F_ZERO_SEED",
  "BPF_F_RDONLY_PROG",
  "BPF_F_WRONLY_PROG",
  "BPF_F_CLONE",
  "BPF_F_MMAPABLE",
  "BPF_F_PRESERVE_ELEMS",
  "BPF_F_INNER_MAP",
  "BPF_F_LINK",
  "BPF_F_PATH_FD",
  "BPF_F_VTYPE_BTF_OBJ_FD",
  "BPF_F_TOKEN_FD",
  "BPF_F_SEGV_ON_FAULT",
  "BPF_F_NO_USER_CONV",
  "BPF_F_RB_OVERWRITE",
] as const;

/** Bits without a name as "0x100000". */
export function mapFlagNames(flags: number): string[] {
  const found: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const mask = 2 ** bit;
    if (Math.floor(flags / mask) % 2 === 1) found.push(names[bit] ?? `0x${mask.toString(16)}`);
  }
  return found;
}

/** A flag by its name, with or without BPF_F_ and in any case; null where there is none. */
export function mapFlagNumber(name: string): number | null {
  const wanted = name.toUpperCase().replace(/^(BPF_F_)?/, "BPF_F_");
  const bit = names.findIndex((one) => one === wanted);
  return bit < 0 ? null : 2 ** bit;
}
