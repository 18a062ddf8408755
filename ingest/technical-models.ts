/**
 * Models of Odoo's machinery and of common extensions of it. What third-party modules add to these is no business knowledge either;
 * `ODOO_MODELS_INCLUDED` names exceptions.
 */
const MACHINERY = [
  /^(ir|bus|mail|res|iap|sms|snailmail|phone|digest|onboarding|fetchmail|payment|discuss|rating|utm|barcode|resource|spreadsheet)\./,
  /^(base|web|auth|google|microsoft|report|queue|auditlog|auto_backup|dbfilter|mis|sql|bi|excel|xlsx|fs|component|connector|server)[._]/,
  /\.(report|config|settings|wizard|tag|tags|stage|type)$/,
];

/** Whether a model that the catalogue does not name is machinery, a report over other models or a list of choices. */
export function isTechnicalModel(model: string): boolean {
  return !model.startsWith("x_") && MACHINERY.some((pattern) => pattern.test(model));
}
