/**
 * Who may come in at the browser door. The printed URL carries a 256-bit token; its first use is exchanged for a cookie
 * of the same strength, and then it is worth nothing. Host and Origin are held against what we listen on, so that
 * neither a rebound DNS name nor another site's page gets through (a site may send requests, but not with our Origin).
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Cookies do not know ports: two workbenches on one machine, or two tunnels, would overwrite each other's. So its name
 * carries the port as the browser sees it.
 */
function cookieName(request: IncomingMessage): string {
  return `xdpw-${/:(\d+)$/.exec(request.headers.host ?? "")?.[1] ?? "80"}`;
}

export interface Admission {
  /** to be printed; null once it was used */
  readonly token: () => string | null;
  /** the Set-Cookie value for a right token, null for a wrong or used one */
  exchange(token: string, request: IncomingMessage): string | null;
  admits(request: IncomingMessage): boolean;
  /** the request names us, and no other origin sent it */
  addressedToUs(request: IncomingMessage, port: number, needsOrigin: boolean): boolean;
}

export function createAdmission(): Admission {
  let token: string | null = randomBytes(32).toString("base64url");
  const secret = randomBytes(32).toString("base64url");
  return {
    token: () => token,
    exchange(offered, request) {
      if (token === null || !same(offered, token)) return null;
      token = null;
      return `${cookieName(request)}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    },
    admits(request) {
      return cookies(request).some((value) => same(value, secret));
    },
    addressedToUs(request, port, needsOrigin) {
      // A tunnel may end at another local port than ours, so the port of Host is free; its name is not.
      const host = request.headers.host ?? "";
      if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host)) return false;
      const { origin } = request.headers;
      if (origin === undefined) return !needsOrigin;
      return origin === `http://${host}` || (!host.includes(":") && origin === `http://${host}:${port}`);
    },
  };
}

function cookies(request: IncomingMessage): readonly string[] {
  const start = `${cookieName(request)}=`;
  return (request.headers.cookie ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start))
    .map((part) => part.slice(start.length));
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
