/** Words quoted for a POSIX shell, and where commands run. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function shell(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/** `ip` takes named namespaces itself. */
export function ip(netns: string | null): readonly string[] {
  if (netns === null) return ["ip"];
  return netns.startsWith("pid:") ? ["nsenter", `--net=/proc/${netns.slice(4)}/ns/net`, "ip"] : ["ip", "-n", netns];
}

/** nsenter leaves /sys alone, which ip netns exec does not. */
export function inside(netns: string | null): readonly string[] {
  if (netns === null) return [];
  return ["nsenter", `--net=${netns.startsWith("pid:") ? `/proc/${netns.slice(4)}/ns/net` : `/run/netns/${netns}`}`];
}

export function xdpwPlace(place: { readonly netns: string | null; readonly name: string }): readonly string[] {
  return [...(place.netns === null ? [] : ["--netns", place.netns]), "--dev", place.name];
}

export function hexBytes(bytes: Uint8Array): readonly string[] {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
}
