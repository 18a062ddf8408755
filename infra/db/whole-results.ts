import type { Sql } from "postgres";

interface DriverQuery {
  resolve: (this: void, result: unknown) => void;
  handle: (this: DriverQuery) => unknown;
}

const mended = new WeakSet<object>();

/**
 * Keeps a failing query from marring the next one's result. The driver (3.4.9) goes on counting rows where an error broke a result off, so
 * that the next query of the same connection, whoever sent it, is given as many empty places before its rows: `connection.js` sets its
 * counter back when a query is complete and not when it fails. The empty places are taken out here, before anybody sees them.
 */
export function withWholeResults(client: Sql): Sql {
  // Never sent: only what is awaited is.
  const prototype = Object.getPrototypeOf(client`select 1`) as DriverQuery;
  if (mended.has(prototype)) return client;
  mended.add(prototype);
  const handle = prototype.handle;
  prototype.handle = function handleWhole(this: DriverQuery & { isWhole?: boolean }) {
    if (this.isWhole !== true) {
      const resolve = this.resolve;
      this.resolve = (result) => {
        closeUp(result);
        resolve(result);
      };
      this.isWhole = true;
    }
    return handle.call(this);
  };
  return client;
}

/** In place: the driver's results carry more than rows. */
function closeUp(result: unknown): void {
  if (!Array.isArray(result) || result.length === 0 || 0 in result) return;
  // `filter` passes empty places over.
  const rows = Array.prototype.filter.call(result, () => true);
  result.length = 0;
  result.push(...rows);
}
