import type { PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { rowsOfModel } from "./rows-by-model.ts";

/** Whether the principal may read the model at all: one access row for everybody, or for one of the principal's groups. No row: no. */
export function mayReadModel(
  model: string,
  principal: Principal,
  policy: Pick<PolicySnapshot, "modelAccess">,
): boolean {
  return rowsOfModel(policy.modelAccess, model).some(
    ({ groupId }) => groupId === null || principal.groupIds.includes(groupId),
  );
}
