import { databaseContract } from "../../contracts/database.ts";
import { onEveryDatabase } from "../../support/database-under-test.ts";

onEveryDatabase(databaseContract);
