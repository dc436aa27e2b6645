/** Headers of the system's packages: opened to be read. */
export function isSystemFile(path: string): boolean {
  return /^\/(usr|lib|lib64|boot|proc|sys|etc)\//.test(path);
}

export function isC(path: string): boolean {
  return /\.[ch]$/i.test(path);
}
