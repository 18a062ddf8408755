import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { SettingsStore } from "./port.ts";
import { storable } from "./storable.ts";

export function settingsStore({ client }: Connection): SettingsStore {
  return {
    get: (name) =>
      guarded("database", async () => {
        const [row] = await client<{ value: string }[]>`select value from settings where name = ${storable(name)}`;
        return row?.value ?? null;
      }),
    set: (name, value) =>
      guarded("database", async () => {
        await client`
          insert into settings (name, value) values (${storable(name)}, ${storable(value)})
          on conflict (name) do update set value = excluded.value`;
      }),
  };
}
