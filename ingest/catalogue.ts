/** The lines of a record, shown with it but read under their own model's rules. */
export interface CataloguedLines {
  readonly model: string;
  /** The many2one that leads to the record. */
  readonly parentField: string;
  readonly title: string;
  readonly fields: readonly string[];
  readonly currencies?: Readonly<Record<string, string>>;
}

/** How the records of a model are read and shown. */
export interface CataloguedModel {
  readonly model: string;
  /** What the document is called: `purchase order`. */
  readonly kind: string;
  /** The field after the kind in the title; `display_name` unless stated. */
  readonly titleField?: string;
  /** In the order in which they are shown. */
  readonly fields: readonly string[];
  /** Kept as facts to find the record by, without being shown. */
  readonly references?: readonly string[];
  /** Numbers that Odoo does not mark as money: the field to the one that names the currency. */
  readonly currencies?: Readonly<Record<string, string>>;
  /** Computed fields whose value is known to be the same whoever reads it; other computed fields are never shown. */
  readonly sameForEverybody?: readonly string[];
  readonly lines?: CataloguedLines;
}

const PRODUCT_LINE = ["product_id", "name"] as const;

/** The Odoo models that are ingested. A field that an Odoo lacks, or that the account may not see, is passed over. */
export const catalogue: readonly CataloguedModel[] = [
  {
    model: "res.partner",
    kind: "contact",
    fields: [
      "name",
      "parent_id",
      "function",
      "email",
      "phone",
      "street",
      "city",
      "zip",
      "country_id",
      "vat",
      "user_id",
      "comment",
      "company_id",
    ],
    references: ["commercial_partner_id"],
  },
  {
    model: "product.product",
    kind: "product",
    fields: [
      "default_code",
      "name",
      "categ_id",
      "description_sale",
      "description_purchase",
      "list_price",
      "uom_id",
      "company_id",
    ],
    references: ["product_tmpl_id"],
  },
  {
    model: "product.supplierinfo",
    kind: "vendor price",
    fields: [
      "partner_id",
      "product_tmpl_id",
      "product_id",
      "product_code",
      "product_name",
      "price",
      "currency_id",
      "min_qty",
      "delay",
      "date_start",
      "date_end",
      "company_id",
    ],
    currencies: { price: "currency_id" },
  },
  {
    model: "stock.quant",
    kind: "stock on hand",
    fields: ["product_id", "location_id", "warehouse_id", "quantity", "reserved_quantity", "company_id"],
  },
  {
    model: "stock.warehouse.orderpoint",
    kind: "reordering rule",
    fields: [
      "product_id",
      "warehouse_id",
      "product_min_qty",
      "product_max_qty",
      "qty_on_hand",
      "qty_forecast",
      "trigger",
      "company_id",
    ],
    sameForEverybody: ["qty_on_hand", "qty_forecast"],
  },
  {
    model: "purchase.order",
    kind: "purchase order",
    fields: [
      "name",
      "partner_id",
      "partner_ref",
      "state",
      "user_id",
      "date_order",
      "date_approve",
      "date_planned",
      "effective_date",
      "origin",
      "amount_untaxed",
      "amount_total",
      "amount_total_cc",
      "currency_id",
      "payment_term_id",
      "receipt_status",
      "invoice_status",
      "note",
      "company_id",
    ],
    references: ["create_uid", "company_currency_id"],
    lines: {
      model: "purchase.order.line",
      parentField: "order_id",
      title: "Order lines",
      fields: [
        ...PRODUCT_LINE,
        "product_qty",
        "product_uom_id",
        "price_unit",
        "price_subtotal",
        "date_planned",
        "qty_received",
        "qty_invoiced",
      ],
      currencies: { price_unit: "currency_id" },
    },
  },
  {
    model: "sale.order",
    kind: "sales order",
    fields: [
      "name",
      "partner_id",
      "client_order_ref",
      "state",
      "user_id",
      "team_id",
      "date_order",
      "commitment_date",
      "amount_untaxed",
      "amount_total",
      "margin",
      "currency_id",
      "payment_term_id",
      "invoice_status",
      "delivery_status",
      "note",
      "company_id",
    ],
    lines: {
      model: "sale.order.line",
      parentField: "order_id",
      title: "Order lines",
      fields: [
        ...PRODUCT_LINE,
        "product_uom_qty",
        "price_unit",
        "discount",
        "price_subtotal",
        "qty_delivered",
        "qty_invoiced",
        "purchase_price",
      ],
      currencies: { price_unit: "currency_id", purchase_price: "currency_id" },
    },
  },
  {
    model: "account.move",
    kind: "journal entry",
    fields: [
      "name",
      "move_type",
      "partner_id",
      "ref",
      "state",
      "payment_state",
      "invoice_user_id",
      "invoice_date",
      "invoice_date_due",
      "date",
      "invoice_origin",
      "invoice_payment_term_id",
      "amount_untaxed",
      "amount_total",
      "amount_residual",
      "currency_id",
      "narration",
      "company_id",
    ],
    lines: {
      model: "account.move.line",
      parentField: "move_id",
      title: "Lines",
      fields: [...PRODUCT_LINE, "quantity", "price_unit", "price_subtotal", "debit"],
      currencies: { price_unit: "currency_id" },
    },
  },
  {
    model: "stock.picking",
    kind: "transfer",
    fields: [
      "name",
      "partner_id",
      "picking_type_id",
      "origin",
      "state",
      "scheduled_date",
      "date_deadline",
      "date_done",
      "purchase_id",
      "sale_id",
      "return_id",
      "backorder_id",
      "user_id",
      "note",
      "company_id",
    ],
    references: ["picking_type_code"],
    lines: {
      model: "stock.move",
      parentField: "picking_id",
      title: "Moves",
      fields: ["product_id", "product_uom_qty", "quantity", "product_uom", "state", "date_deadline"],
    },
  },
  {
    model: "crm.lead",
    kind: "opportunity",
    fields: [
      "name",
      "type",
      "partner_id",
      "contact_name",
      "email_from",
      "user_id",
      "team_id",
      "stage_id",
      "expected_revenue",
      "probability",
      "date_deadline",
      "description",
      "company_id",
    ],
  },
  {
    model: "hr.expense",
    kind: "expense",
    fields: [
      "name",
      "employee_id",
      "product_id",
      "date",
      "total_amount",
      "currency_id",
      "payment_mode",
      "state",
      "manager_id",
      "description",
      "company_id",
    ],
  },
  {
    model: "hr.employee",
    kind: "employee",
    fields: [
      "name",
      "job_title",
      "department_id",
      "parent_id",
      "work_email",
      "work_phone",
      "private_email",
      "private_street",
      "birthday",
      "company_id",
    ],
  },
  {
    model: "hr.employee.public",
    kind: "colleague",
    fields: ["name", "job_title", "department_id", "parent_id", "work_email", "work_phone", "company_id"],
  },
  {
    model: "mail.message",
    kind: "message",
    titleField: "record_name",
    sameForEverybody: ["record_name"],
    fields: ["record_name", "author_id", "date", "subject", "body"],
    references: ["model", "res_id", "message_type"],
  },
];

/** The model of files that hang on records; their text is read from the file itself. */
export const ATTACHMENT_MODEL = "ir.attachment";
export const ATTACHMENT_FIELDS = ["name", "mimetype", "file_size", "checksum"];
export const ATTACHMENT_REFERENCES = ["res_model", "res_id"];

/** Everything that is read of a model for its text, its title and its money. */
export function cataloguedFields({ fields, references, currencies, titleField }: CataloguedModel): readonly string[] {
  return [
    ...new Set([titleField ?? "display_name", ...fields, ...(references ?? []), ...Object.values(currencies ?? {})]),
  ];
}

/** Every model whose records, lines or files are shown: those whose access must be planned. */
export function ingestedModels(): readonly string[] {
  return [
    ...new Set([
      ...catalogue.flatMap(({ model, lines }) => [model, ...(lines === undefined ? [] : [lines.model])]),
      ATTACHMENT_MODEL,
    ]),
  ];
}
