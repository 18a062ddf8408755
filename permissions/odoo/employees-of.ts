import { PermissionError } from "../permission-error.ts";
import type { MirrorValue, PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { linkedIds, mirrorRecords } from "./mirror.ts";

/**
 * The user's employees, archived ones left out: `current` in the current company; `all` there and in the companies that the request
 * names. A request that names none has all of the user's companies active, yet its employees follow the current company alone.
 */
export function employeesOf(
  principal: Principal,
  policy: PolicySnapshot,
): { current: readonly number[]; all: readonly number[] } {
  const own = [...mirrorRecords("hr.employee", policy).values()].filter(
    (employee) =>
      known(employee["user_id"], "user_id") === principal.userId && known(employee["active"], "active") === true,
  );
  const inCompanies = (companies: readonly number[]) =>
    own
      .filter((employee) => linkedIds(known(employee["company_id"], "company_id")).some((id) => companies.includes(id)))
      .map((employee) => employee.id);
  const named = principal.namesCompanies === true ? principal.companyIds : [];
  const all = inCompanies([principal.currentCompanyId, ...named]);
  return {
    current: inCompanies([principal.currentCompanyId]),
    all: isOfAllCompanies(policy) ? own.map(({ id }) => id) : all,
  };
}

/** Odoo 14 gives the employees of every company; of 15 it is not known. */
function isOfAllCompanies({ odooVersion }: PolicySnapshot): boolean {
  return odooVersion !== undefined && odooVersion < 15;
}

function known(value: MirrorValue | undefined, field: string): MirrorValue {
  if (value === undefined) throw new PermissionError("unknown-field", `The mirror lacks hr.employee.${field}.`);
  return value;
}
