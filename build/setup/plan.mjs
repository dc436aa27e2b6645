/** @typedef {import("./requirements.mjs").Requirement} Requirement */
/** @typedef {import("./requirements.mjs").Manager} Manager */

/**
 * Chooses the packages that meet what is missing.
 * @param {readonly Requirement[]} missing
 * @param {Manager} manager
 * @param {(name: string) => boolean} isKnown whether the package manager can install this package; asked only where
 *   there is a choice
 * @returns {readonly string[]} package names, each once, in the order of need
 */
export function choosePackages(missing, manager, isKnown) {
  const names = missing.flatMap(({ packages }) => {
    const alternatives = packages[manager];
    const first = alternatives[0] ?? [];
    if (alternatives.length < 2) return first;
    return alternatives.find((alternative) => alternative.every(isKnown)) ?? first;
  });
  return [...new Set(names)];
}

/**
 * @param {Manager} manager
 * @param {readonly string[]} packages
 * @returns {readonly string[]} the command that installs them without asking
 */
export function installCommand(manager, packages) {
  switch (manager) {
    case "apt":
      return [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "--yes",
        "--no-install-recommends",
        ...packages,
      ];
    case "dnf":
      return ["dnf", "install", "--assumeyes", "--setopt=install_weak_deps=False", ...packages];
    case "zypper":
      return ["zypper", "--non-interactive", "install", "--no-recommends", ...packages];
    case "pacman":
      return ["pacman", "-S", "--needed", "--noconfirm", ...packages];
  }
}

/**
 * The command that renews the package lists, for the one manager that does not do so by itself. Pacman's lists are
 * left alone: renewing them without upgrading everything is what its manual warns against.
 * @param {Manager} manager
 * @returns {readonly string[] | undefined}
 */
export function refreshCommand(manager) {
  return manager === "apt" ? ["apt-get", "update"] : undefined;
}

/**
 * @param {readonly Requirement[]} missing
 * @returns {string} one line a requirement
 */
export function describeMissing(missing) {
  const width = Math.max(...missing.map(({ name }) => name.length));
  return missing.map(({ name, purpose }) => `  ${name.padEnd(width)}  ${purpose}`).join("\n");
}
