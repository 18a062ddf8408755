import { GroundworkError } from "../errors.ts";

/** The first with API keys. */
const OLDEST = 14;
/** The first with JSON-2, and the one whose names Groundwork uses. */
const NEWEST_NAMES = 19;

/** Whether a server of this version speaks JSON-2. Errors: those of `majorVersion`. */
export function hasJson2(version: string): boolean {
  return majorVersion(version) >= NEWEST_NAMES;
}

/** The major version of an Odoo before 19; undefined for newer ones. Errors: those of `majorVersion`. */
export function versionBefore19(version: string): number | undefined {
  const major = majorVersion(version);
  return major < NEWEST_NAMES ? major : undefined;
}

/**
 * By what the server tells: `17.0`, `19.0+e`, `saas~18.3` (between 18 and 19, held for an 18).
 * @throws GroundworkError `configuration` for a version that is not supported; `odoo-answer` for none
 */
function majorVersion(version: string): number {
  const major = Number(/^(?:saas~)?(\d+)\b/.exec(version)?.[1]);
  if (Number.isNaN(major)) throw new GroundworkError("odoo-answer", "Odoo does not tell its version.");
  if (major >= OLDEST) return major;
  throw new GroundworkError(
    "configuration",
    `The Odoo of ODOO_URL is version ${version}. Groundwork reads Odoo ${OLDEST} and newer; older ones have no API keys.`,
  );
}
