/**
 * Models whose readers Odoo picks in code that is not modelled here: refused by name, never approximated. Parts of records that hang on
 * them are refused with them.
 */
export const CODE_DECIDED_MODELS: ReadonlyMap<string, string> = new Map([
  ["mail.activity", "Odoo decides in code: an activity asks for write access to its document."],
  ["calendar.event", "Odoo decides in code: private events hide their fields."],
]);
