/** What the elevated instance keeps after it has connected, and what fails without each (measured on Linux 6.18). */
export const keptCapabilities = [
  /** BPF_PROG_LOAD, BPF_MAP_CREATE: EPERM */
  "CAP_BPF",
  /** XDP attach, links and addresses of the lab, ethtool's offload switches, sysctls of a namespace: EPERM */
  "CAP_NET_ADMIN",
  /** programs that use bpf_printk or leave pointers in maps: EACCES */
  "CAP_PERFMON",
  /** lists of all programs and maps, handles by id, setns, `ip netns add` and `del` (mounts on /run/netns): EPERM */
  "CAP_SYS_ADMIN",
  /** AF_PACKET sockets of the test traffic: EPERM */
  "CAP_NET_RAW",
  /** /proc/PID/ns/net of other users' processes: EACCES */
  "CAP_SYS_PTRACE",
  /** jited code would come back with its length and only zero bytes */
  "CAP_SYSLOG",
] as const;
