import { GroundworkError } from "../infra/errors.ts";
import { PermissionError } from "../permissions/permission-error.ts";

/** Runs a program: a fault is one clear sentence on stderr. Exit code 2 for a wrong configuration or request, 1 for the rest. */
export async function exitOnError(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    const ours = error instanceof GroundworkError || error instanceof PermissionError;
    process.stderr.write(`${ours ? error.message : "Groundwork stopped at an unexpected fault."}\n`);
    if (!ours) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = ours && ["configuration", "invalid-request", "data-directory-busy"].includes(error.code) ? 2 : 1;
  }
}
