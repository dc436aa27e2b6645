/**
 * The native surface: all of libbpf, netlink and setns that the helper uses, in one short typed face.
 * One C++ class stands behind each interface with a lifetime; that of a map is in map-face.ts. Nothing here knows the wire or the ledger.
 *
 * Every function throws (or rejects with) a {@link KernelError} (kernel-error.ts) when the kernel or libbpf says no.
 * File descriptors are close-on-exec. u64 values are bigint. `netns` is a path such as `/run/netns/NAME`
 * or `/proc/PID/ns/net`, or null for the namespace that the process was started in.
 */
import type { MapHandle, MapInfo } from "./map-face.ts";

export type XdpMode = "native" | "skb" | "hw";

export interface ProgramInObject {
  readonly name: string;
  readonly section: string;
  /** enum bpf_prog_type as libbpf derived it from the section; 0 where it does not know the section */
  readonly type: number;
  /** struct bpf_insn count of the program in the ELF, before subprograms are appended */
  readonly instructions: number;
}

export interface MapInObject {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** .rodata, .data, .bss, .kconfig and friends */
  readonly internal: boolean;
  /** where the object asks for the map to be pinned (`__uint(pinning, LIBBPF_PIN_BY_NAME)`) */
  readonly pinPath?: string;
}

export interface ObjectContents {
  readonly programs: readonly ProgramInObject[];
  readonly maps: readonly MapInObject[];
}

export interface LoadOptions {
  readonly bytes: Buffer;
  readonly name: string;
  /** the one program to load; the others of the object are not loaded */
  readonly program: string;
  /** set the program's type to BPF_PROG_TYPE_XDP before loading */
  readonly asXdp: boolean;
  /** whatever its section says of devmap or cpumap: the kernel test-runs programs of interfaces only. Default false */
  readonly asInterface?: boolean;
  /** namespace to be in while loading (devmap values and offload devices are resolved there) */
  readonly netns: string | null;
  /** hardware mode: the device to load for */
  readonly offloadIfindex: number | null;
  /** verifier log level: 1 errors and states, 2 every instruction, 4 statistics only; may be or-ed */
  readonly logLevel: number;
  /** maps by object name to reuse instead of creating: a map id each */
  readonly reuseMaps?: Readonly<Record<string, number>>;
  /** max_entries by map name, in place of the object's; inner maps of a map of maps stay as they are */
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** contents of .rodata, .data, .bss and such, whole, by section name: constants are frozen with them */
  readonly sections?: Readonly<Record<string, Buffer>>;
  /** do as the object asks: pin its maps and reuse what is pinned there. Default false, so that a load leaves no pin */
  readonly pinMaps?: boolean;
  /**
   * Ends the load in some milliseconds, however long the verifier would take: it rejects with ECANCELED, and nothing is
   * left loaded. One that is over already is not undone.
   */
  readonly signal?: AbortSignal;
}

/**
 * Owns the libbpf object and so all fds of its program and maps, until close().
 * A PROG_ARRAY whose slots the object itself fills (`.values = {...}`) can only be loaded together with the programs in
 * them: then, and only then, the object's other programs are loaded too.
 */
export interface LoadedObject {
  /** whole: the buffer was grown and the load repeated until nothing was cut; over 256 MiB only its statistics */
  readonly log: string;
  readonly libbpf: string;
  readonly programFd: number;
  readonly programId: number;
  readonly maps: readonly { readonly name: string; readonly id: number }[];
  close(): void;
}

export interface ProgramInfo {
  readonly id: number;
  readonly type: number;
  /** the whole function name from BTF where there is one, else the kernel's 15 characters */
  readonly name: string;
  /** 16 hex digits */
  readonly tag: string;
  /** ns since boot */
  readonly loadTime: bigint;
  readonly uid: number;
  readonly xlatedLength: number;
  readonly jitedLength: number;
  readonly mapIds: readonly number[];
  readonly btfId: number;
  readonly gplCompatible: boolean;
  readonly runCount: bigint;
  readonly runTimeNs: bigint;
  /** instructions that the verifier processed; 0 on kernels before 5.16 */
  readonly verifiedInstructions: number;
  readonly ifindex: number;
}

/** What the kernel does not show (kptr_restrict, no JIT) is empty. */
export interface ProgramDump {
  /** struct bpf_insn, 8 bytes each, after the verifier's rewriting */
  readonly xlated: Buffer;
  /** machine code of the program and its functions, one after the other */
  readonly jited: Buffer;
  /** bytes of machine code, also where it is hidden */
  readonly jitedLength: number;
  /** of each function: the address of its first byte, and its length */
  readonly jitedAddresses: readonly bigint[];
  readonly jitedLengths: readonly number[];
  /** struct bpf_line_info: insn_off, file_name_off, line_off, line_col */
  readonly lines: readonly (readonly [number, number, number, number])[];
  /** the address where the machine code of each line record begins */
  readonly jitedLines: readonly bigint[];
  /** struct bpf_func_info: insn_off, type_id */
  readonly functions: readonly (readonly [number, number])[];
  readonly mapIds: readonly number[];
  readonly btfId: number;
}

export interface LinkInfo {
  readonly id: number;
  readonly type: number;
  readonly programId: number;
  /** XDP links: the device */
  readonly ifindex: number | null;
  /** tracing links, freplace among them: the program that they hang on, and the BTF id of its function */
  readonly targetProgramId: number | null;
  readonly targetFunctionId: number | null;
}

export interface DriverInfo {
  readonly driver: string;
  readonly version: string;
  readonly firmwareVersion: string;
  readonly busInfo: string;
  readonly expansionRomVersion: string;
  readonly supportsStatistics: boolean;
  readonly supportsTest: boolean;
  readonly supportsEepromAccess: boolean;
  readonly supportsRegisterDump: boolean;
  readonly supportsPrivateFlags: boolean;
}

export interface SendOptions {
  readonly netns: string | null;
  readonly ifindex: number;
  /** frames of one length each, one after the other; sent round and round until count is reached */
  readonly frames: Buffer;
  readonly frameLength: number;
  readonly count: number;
  /** packets per second, 0 for as fast as it goes */
  readonly rate: number;
}

/**
 * Counts the frames that reach an interface (AF_PACKET, PACKET_HOST and others, not our own outgoing), from open to
 * close, on a thread of its own. VLAN tags that the kernel took out of a frame are put back before the comparison.
 */
export interface FrameCounter {
  /** one number a pattern, in the order given */
  counts(): number[];
  /** frames that came faster than they were read: not 0 means that counts() is too low */
  dropped(): number;
  close(): void;
}

/**
 * Changes of interfaces in any number of namespaces, waited for on one thread. Its sockets keep a namespace alive:
 * remove() what went away.
 */
export interface LinkWatch {
  /** @param pid also tells ("ended") when this process ends. Gives the number that it tells with */
  add(netns: string | null, pid: number | null): number;
  /** takes what is waiting, and listens again; true where the kernel had to drop some of it */
  rearm(id: number): boolean;
  remove(id: number): void;
  close(): void;
}

/** What of struct xdp_md a test run can choose. */
export interface TestContext {
  /** a device of the current namespace; 0 is its loopback, with queue 0 only */
  readonly ifindex: number;
  /** beyond the device's receive queues: EINVAL */
  readonly queue: number;
}

export interface TestRunOptions {
  /** at least 14 bytes; what is more than a page holds needs a kernel that takes fragments */
  readonly data: Buffer;
  /** without it the packet comes in on the loopback of the current namespace */
  readonly context?: TestContext;
  /** runs in one call, each with what the one before left of the packet. Default 1 */
  readonly repeat?: number;
}

export interface TestRunResult {
  /** what the program returned */
  readonly retval: number;
  /** the packet after it */
  readonly data: Buffer;
  /** ns a run, on average */
  readonly duration: number;
}

export interface NativeFace {
  /** e.g. "1.1" */
  readonly libbpfVersion: string;
  possibleCpus(): number;
  /** resolves when all threads of libuv's pool exist, born in the home namespace; needed once before inNetns() */
  warmPool(): Promise<void>;

  /** SO_PEERCRED of a connected unix socket */
  peerCredentials(fd: number): { readonly pid: number; readonly uid: number; readonly gid: number };
  /**
   * A process in a session of its own whose parent is the system's first process: what ends the caller, its process
   * group or its session passes it by. argv[0] is an absolute path, `environment` lines are NAME=VALUE. Its standard
   * streams lead nowhere, its descriptor 3 is the other end of the connected unix socket that is returned; the caller
   * owns that. Throws where it cannot be executed.
   */
  startOrphan(argv: readonly string[], environment: readonly string[]): number;
  /** names of the effective set of the calling thread, e.g. "CAP_BPF" */
  capabilities(): string[];
  /**
   * Drops all others from effective, permitted, inheritable, ambient and bounding set, and sets no-new-privs, on every
   * thread of the process: V8's workers and, where a module was read asynchronously, libuv's pool exist before us.
   */
  keepCapabilities(names: readonly string[]): void;

  /**
   * Enters, calls, leaves, on the calling thread; may be nested (null goes home). Whatever fn throws is rethrown after
   * leaving. Nothing asynchronous may be started inside: a promise as result is refused. Throws before warmPool().
   */
  inNetns<T>(path: string | null, fn: () => T): T;

  ifindexOf(name: string): number;
  nameOf(ifindex: number): string;
  /** ETHTOOL_GDRVINFO in the current namespace; null where the driver has no ethtool operations (EOPNOTSUPP) */
  driverInfo(device: number | string): DriverInfo | null;
  /** the driver's counters (ethtool -S) in its own order; null where it has none */
  driverStatistics(device: number | string): readonly { readonly name: string; readonly value: bigint }[] | null;
  /**
   * One question of a generic netlink family, version 1, in the current namespace: `attributes` follow the header, and
   * of each answer what follows its header comes back. null where the kernel has no such family.
   */
  genericQuery(family: string, command: number, attributes: Buffer, dump: boolean): readonly Buffer[] | null;
  /**
   * One message of rtnetlink in the current namespace: `body` is its header, such as a struct rtmsg, with its attributes;
   * of each answer the same comes back. Refusals carry the kernel's extended acknowledgement.
   */
  routeQuery(type: number, body: Buffer, dump: boolean): readonly Buffer[];
  /** RTM_GETLINK of all or of one in the current namespace: struct ifinfomsg and its attributes */
  linkDump(): readonly Buffer[];
  linkOf(ifindex: number): Buffer | null;
  /** told on the main thread; a namespace that has told of a change is silent until {@link LinkWatch.rearm} */
  watchLinks(told: (id: number, what: "changed" | "ended") => void): LinkWatch;
  /** several entries in mode "multi" */
  xdpQuery(ifindex: number): readonly { readonly mode: XdpMode; readonly programId: number }[];
  /** netlink, XDP_FLAGS_REPLACE always: expectedFd null means that nothing may be attached in that mode */
  xdpAttach(options: {
    readonly ifindex: number;
    readonly mode: XdpMode;
    readonly programFd: number;
    readonly expectedFd: number | null;
  }): void;
  xdpDetach(options: { readonly ifindex: number; readonly mode: XdpMode; readonly expectedFd: number }): void;
  /** BPF_LINK_CREATE: what it attached is detached when the fd closes, however that comes; the caller owns the fd */
  xdpLink(options: { readonly ifindex: number; readonly mode: XdpMode; readonly programFd: number }): number;
  /** run counts and times of all programs are kept while the fd is open; the caller owns it */
  enableStatistics(): number;

  inspectObject(bytes: Buffer, name: string): ObjectContents;
  loadObject(options: LoadOptions): Promise<LoadedObject>;
  /** a two-instruction XDP program that returns XDP_PASS; the caller owns the fd */
  loadPass(name: string, offloadIfindex?: number | null): number;
  closeFd(fd: number): void;

  programIds(): number[];
  mapIds(): number[];
  linkIds(): number[];
  openProgram(id: number): number;
  programInfo(id: number): ProgramInfo;
  /** BPF_OBJ_GET_INFO_BY_FD with all arrays of struct bpf_prog_info; ENOENT where there is no such program */
  dumpProgram(id: number): ProgramDump;
  mapInfo(id: number): MapInfo;
  linkInfo(id: number): LinkInfo;
  /** raw .BTF bytes as the kernel keeps them */
  btf(id: number): Buffer;
  openMap(id: number): MapHandle;
  /** what a bpffs path holds */
  pinned(path: string): { readonly kind: "map" | "program" | "link"; readonly id: number };
  pinMap(id: number, path: string): void;
  /** `innerMapId`: of a map of maps, one like those that it will hold. The caller owns the fd. */
  createMap(options: {
    readonly type: number;
    readonly name: string;
    readonly keySize: number;
    readonly valueSize: number;
    readonly maxEntries: number;
    readonly flags: number;
    readonly innerMapId: number | null;
  }): number;
  /** no system call writes to it any more, for good; EBUSY where it is mapped writable, EOPNOTSUPP for some types */
  freezeMap(id: number): void;
  mapIdOf(fd: number): number;

  /** AF_PACKET from a worker thread; resolves when all frames are out */
  sendFrames(options: SendOptions): Promise<{ readonly sent: number; readonly nanoseconds: bigint }>;
  /** a pattern matches where all of its parts do */
  countFrames(options: {
    readonly netns: string | null;
    readonly ifindex: number;
    readonly patterns: readonly (readonly { readonly offset: number; readonly bytes: Buffer }[])[];
  }): FrameCounter;

  /**
   * BPF_PROG_TEST_RUN on the calling thread, in the current namespace. Nothing is sent: a redirect is an action only.
   */
  testRun(programFd: number, options: TestRunOptions): TestRunResult;
  /** an AF_XDP socket without rings, enough to be put into an XSKMAP; the caller owns the fd */
  xdpSocket(): number;
  /**
   * The ids of the helper functions that an XDP program may call on this kernel, those of them that want a
   * GPL-compatible license, and the kernel's last id; about 200 tiny loads, some milliseconds, on the calling thread.
   */
  xdpHelpers(): { readonly allowed: number[]; readonly gplOnly: number[]; readonly last: number };
  /**
   * The program runs at this tracepoint of the kernel's, such as "xdp_exception", while the descriptor is open; the caller
   * owns it. ENOENT where the kernel has no such tracepoint.
   */
  rawTracepoint(name: string, programFd: number): number;
}
