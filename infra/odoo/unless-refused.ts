import { GroundworkError } from "../errors.ts";

/** Whether Odoo refused: the account may not, or there is no such thing. */
export function isRefused(error: unknown): error is GroundworkError {
  return error instanceof GroundworkError && error.code === "odoo-refused";
}

/** What Odoo answers, or null where it refuses. Other errors pass. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}
