import { GroundworkError } from "../errors.ts";

/** What Odoo answers, or null where it refuses. Other errors pass. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GroundworkError && error.code === "odoo-refused") return null;
    throw error;
  }
}
