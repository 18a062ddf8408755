import { randomUUID } from "node:crypto";

import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { Lease } from "./port.ts";

/** How long a lease holds unless it is kept: whoever dies is followed after this. */
const SECONDS = 15;

/** By the database's clock, so that the clocks of the processes do not matter. */
export function lease({ client }: Connection, name: string): Lease {
  const holder = randomUUID();
  return {
    hold: () =>
      guarded("database", async () => {
        const rows = await client`
          insert into leases (name, holder, until) values (${name}, ${holder}, now() + make_interval(secs => ${SECONDS}))
          on conflict (name) do update set holder = excluded.holder, until = excluded.until
          where leases.holder = excluded.holder or leases.until < now()
          returning name`;
        return rows.length > 0;
      }),
    release: () =>
      guarded("database", async () => {
        await client`delete from leases where name = ${name} and holder = ${holder}`;
      }),
  };
}
