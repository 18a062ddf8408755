/** How an Odoo is spoken to. */
export type OdooProtocol = "json-2" | "json-rpc";

export interface OdooSettings {
  /** Address of the Odoo, without a path. */
  readonly url: string;
  readonly database: string;
  /** Whose key it is. JSON-RPC needs it, JSON-2 does not. */
  readonly login?: string | undefined;
  readonly apiKey: string;
  /** Absent: what the server's version has. */
  readonly protocol?: OdooProtocol | undefined;
  /** For one attempt of one request. */
  readonly timeoutMs?: number;
  /** Before the second attempt; each further one waits twice as long. */
  readonly retryDelayMs?: number;
}

/** One Odoo's external API, as one account. Errors of all: `odoo-unavailable` after the last attempt, `odoo-refused`, `odoo-answer`, `configuration`, `cancelled`. */
export interface OdooClient {
  /** The method's plain result, under the names of Odoo 19. Arguments go by name: `ids` for a method on records, `domain`, `context`. */
  call(model: string, method: string, named: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<unknown>;
  /** The id of the user whose key it is, asked anew: `odoo-refused` for a key that Odoo does not take. */
  userId(signal?: AbortSignal): Promise<number>;
  /** The server's version and its own clock. No key is needed. */
  server(signal?: AbortSignal): Promise<OdooVersion>;
}

export interface OdooVersion {
  readonly version: string;
  readonly at: Date;
}
