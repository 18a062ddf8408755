/**
 * Who is asking. Made by `resolvePrincipal` from a login that has been authenticated and the newest policy snapshot, never from a
 * bare user id.
 */
export interface Principal {
  readonly userId: number;
  readonly login: string;
  readonly name: string;
  /** Ids of the groups the user is in, closed over implied groups. */
  readonly groupIds: readonly number[];
  /** The same groups as external ids, such as `purchase.group_purchase_user`. */
  readonly groupNames: readonly string[];
  /** The companies of this request: the user's own at most, in ascending order. */
  readonly companyIds: readonly number[];
  readonly currentCompanyId: number;
  /** The request named its companies: facts that follow the active companies then follow all of these, and not the current one alone. */
  readonly namesCompanies?: boolean;
  /** The policy snapshot this principal was resolved against. */
  readonly epoch: string;
}
