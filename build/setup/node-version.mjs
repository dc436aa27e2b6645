/** The least Node: 20.19 is the first 20 that can require an ECMAScript module, which our tools do. */
const least = Object.freeze([20, 19]);

/**
 * @param {string} version such as "20.19.0"
 * @returns {string | undefined} why this Node will not do
 */
export function refuseNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = least;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `this is Node ${version}; XDP Workbench needs Node ${least.join(".")} or newer`;
}
