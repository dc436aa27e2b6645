/** Words quoted for a POSIX shell, and where commands run. */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!unseen.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  // so that it can be seen, and copied into a terminal that would act on it (POSIX.1-2024, dollar-single-quotes)
  const escaped = word.replace(/['\\]/g, "\\$&").replace(/\p{Cc}/gu, (one) => {
    const bytes = [...Buffer.from(one)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`);
    return bytes.join("");
  });
  return `$'${escaped}'`;
}

/** control characters of ASCII and Latin-1 */
const unseen = /\p{Cc}/u;

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
  return [...(place.netns === null ? [] : flag("--netns", place.netns)), ...flag("--dev", place.name)];
}

/** A value that looks like a flag goes into one word with its own. */
function flag(name: string, value: string): readonly string[] {
  return value.startsWith("-") ? [`${name}=${value}`] : [name, value];
}

export function hexBytes(bytes: Uint8Array): readonly string[] {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
}
