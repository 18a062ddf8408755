/** What is read of the models that state the policy. */
export const POLICY_FIELDS = {
  "ir.model": ["model", "inherited_model_ids"],
  "ir.model.access": ["model_id", "group_id", "perm_read", "active"],
  "ir.rule": ["name", "model_id", "groups", "domain_force", "perm_read", "active"],
  "res.groups": ["full_name", "implied_ids"],
  "res.users": ["login", "name", "active", "partner_id", "group_ids", "company_id", "company_ids"],
  "res.company": ["name", "parent_id", "currency_id", "active"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
