import { openDatabase } from "../../infra/db/open-database.ts";

/** Opens the database that the first argument names, migrating it, and says when it can be used: one of several that start at once. */
const [databaseUrl = ""] = process.argv.slice(2);
const { database } = await openDatabase({ databaseUrl });
await database.ping();
process.stdout.write("ready");
await database.close();
