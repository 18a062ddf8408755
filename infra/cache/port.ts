/**
 * Remembers values for a while, for this process or for several. It promises nothing: what was put may be gone, and a store that fails is as if
 * it held nothing. It is no place for text or secrets.
 */
export interface Cache extends AsyncDisposable {
  /** Undefined when nothing is held. Never throws. */
  get(key: string): Promise<unknown>;
  /** Values are JSON. Never throws. */
  set(key: string, value: unknown): Promise<void>;
}
