import { defineConfig } from "drizzle-kit";

/** `npx drizzle-kit generate --name <what-changes>` writes the next migration from the schema. */
const configuration = defineConfig({
  dialect: "postgresql",
  schema: "./infra/db/schema.ts",
  out: "./infra/db/migrations",
});

// drizzle-kit reads the default export: the one exception in this repository.
export default configuration;
