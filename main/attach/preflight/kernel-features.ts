/** Since which Linux there is what objects use. Expectations: distributions carry things back. */
import type { ProgramTraits } from "./program-traits.ts";

export interface KernelFeature {
  readonly what: string;
  readonly since: string;
}

/** include/uapi/linux/bpf.h of each version */
const helpers: ReadonlyMap<number, KernelFeature> = new Map(
  (
    [
      [44, "bpf_xdp_adjust_head", "4.10"],
      [51, "bpf_redirect_map", "4.14"],
      [54, "bpf_xdp_adjust_meta", "4.15"],
      [65, "bpf_xdp_adjust_tail", "4.18"],
      [69, "bpf_fib_lookup", "4.18"],
      [84, "bpf_sk_lookup_tcp", "4.20"],
      [85, "bpf_sk_lookup_udp", "4.20"],
      [87, "bpf_map_push_elem", "4.20"],
      [88, "bpf_map_pop_elem", "4.20"],
      [93, "bpf_spin_lock", "5.1"],
      [99, "bpf_skc_lookup_tcp", "5.2"],
      [110, "bpf_tcp_gen_syncookie", "5.3"],
      [121, "bpf_xdp_output", "5.6"],
      [125, "bpf_ktime_get_boot_ns", "5.8"],
      [130, "bpf_ringbuf_output", "5.8"],
      [131, "bpf_ringbuf_reserve", "5.8"],
      [160, "bpf_ktime_get_coarse_ns", "5.11"],
      [163, "bpf_check_mtu", "5.12"],
      [164, "bpf_for_each_map_elem", "5.13"],
      [165, "bpf_snprintf", "5.13"],
      [169, "bpf_timer_init", "5.15"],
      [177, "bpf_trace_vprintk", "5.16"],
      [181, "bpf_loop", "5.17"],
      [182, "bpf_strncmp", "5.17"],
      [188, "bpf_xdp_get_buff_len", "5.18"],
      [189, "bpf_xdp_load_bytes", "5.18"],
      [190, "bpf_xdp_store_bytes", "5.18"],
      [195, "bpf_map_lookup_percpu_elem", "5.19"],
      [197, "bpf_dynptr_from_mem", "5.19"],
      [198, "bpf_ringbuf_reserve_dynptr", "5.19"],
      [204, "bpf_tcp_raw_gen_syncookie_ipv4", "6.0"],
      [205, "bpf_tcp_raw_gen_syncookie_ipv6", "6.0"],
      [206, "bpf_tcp_raw_check_syncookie_ipv4", "6.0"],
      [207, "bpf_tcp_raw_check_syncookie_ipv6", "6.0"],
      [208, "bpf_ktime_get_tai_ns", "6.1"],
      [209, "bpf_user_ringbuf_drain", "6.1"],
    ] as const
  ).map(([id, name, since]) => [id, { what: name, since }]),
);

const mapTypes: ReadonlyMap<string, string> = new Map([
  ["lru_hash", "4.10"],
  ["lru_percpu_hash", "4.10"],
  ["lpm_trie", "4.11"],
  ["array_of_maps", "4.12"],
  ["hash_of_maps", "4.12"],
  ["devmap", "4.14"],
  ["cpumap", "4.15"],
  ["xskmap", "4.18"],
  ["queue", "4.20"],
  ["stack", "4.20"],
  ["devmap_hash", "5.4"],
  ["ringbuf", "5.8"],
  ["bloom_filter", "5.16"],
  ["user_ringbuf", "6.1"],
  ["arena", "6.9"],
]);

const kernelFunctions: ReadonlyMap<string, string> = new Map([
  ["bpf_xdp_metadata_rx_timestamp", "6.3"],
  ["bpf_xdp_metadata_rx_hash", "6.3"],
  ["bpf_xdp_metadata_rx_vlan_tag", "6.8"],
  ["bpf_dynptr_from_xdp", "6.4"],
]);

/** The newest last. */
export function kernelFeatures(traits: ProgramTraits): KernelFeature[] {
  const found: KernelFeature[] = [];
  if (traits.fragments) found.push({ what: 'fragments (SEC("xdp.frags"))', since: "5.18" });
  for (const { attachesTo } of traits.devicePrograms) {
    if (attachesTo === "devmap") found.push({ what: 'programs in devmaps (SEC("xdp/devmap"))', since: "5.8" });
    if (attachesTo === "cpumap") found.push({ what: 'programs in cpumaps (SEC("xdp/cpumap"))', since: "5.9" });
  }
  for (const id of traits.helpers) found.push(...present(helpers.get(id)));
  for (const type of traits.mapTypes) {
    const since = mapTypes.get(type);
    if (since !== undefined) found.push({ what: `maps of type ${type}`, since });
  }
  for (const name of traits.kernelFunctions) {
    const since = kernelFunctions.get(name);
    if (since !== undefined) found.push({ what: name, since });
  }
  const unique = [...new Map(found.map((one) => [one.what, one])).values()];
  return unique.toSorted((one, other) => compareVersions(one.since, other.since));
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

export function olderThan(kernel: string, since: string): boolean {
  return compareVersions(kernel, since) < 0;
}

/** by major and minor number */
function compareVersions(one: string, other: string): number {
  const parts = (text: string): number[] => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [major = 0, minor = 0] = parts(one);
  const [otherMajor = 0, otherMinor = 0] = parts(other);
  return major === otherMajor ? minor - otherMinor : major - otherMajor;
}
