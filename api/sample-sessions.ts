import { randomBytes } from "node:crypto";

/** A forgotten tab ends after a working day. Milliseconds. */
const LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Older sessions make room for new ones beyond this number. */
const MOST_SESSIONS = 1000;

/** Sign-ins of sample users, in memory: a restart signs everybody out. */
export class SampleSessions {
  readonly #sessions = new Map<string, { readonly login: string; readonly expires: number }>();

  /** The secret that the browser keeps. */
  open(login: string): string {
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= MOST_SESSIONS && oldest.value !== undefined) this.#sessions.delete(oldest.value);
    const token = randomBytes(32).toString("base64url");
    this.#sessions.set(token, { login, expires: Date.now() + LIFETIME_MS });
    return token;
  }

  login(token: string): string | null {
    const session = this.#sessions.get(token);
    return session !== undefined && session.expires > Date.now() ? session.login : null;
  }

  close(token: string): void {
    this.#sessions.delete(token);
  }
}
