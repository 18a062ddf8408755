/** What everybody sees while sample logins are on. */
export const SAMPLE_NOTICE =
  "Sample company: anybody at this computer may sign in as any sample user, without a password. Never use this mode with real data.";

/** The people of `infra/sample/README.md`. */
export const SAMPLE_LOGINS: readonly { readonly login: string; readonly name: string; readonly role: string }[] = [
  { login: "petra.purchasing", name: "Petra Alvarez", role: "purchase manager" },
  { login: "bo.buyer", name: "Bo Lindqvist", role: "buyer" },
  { login: "fiona.finance", name: "Fiona Castellanos", role: "finance director" },
  { login: "alan.accounting", name: "Alan Whitcombe", role: "accountant" },
  { login: "sam.sales", name: "Sam Okafor", role: "sales, own documents" },
  { login: "ada.sales", name: "Ada Brennan", role: "sales, all documents" },
  { login: "marta.salesmanager", name: "Marta Kowalski", role: "sales manager" },
  { login: "wes.warehouse", name: "Wes Tanaka", role: "warehouse" },
  { login: "ines.inventory", name: "Ines Moreau", role: "inventory manager" },
  { login: "hana.hr", name: "Hana Petrov", role: "HR officer" },
  { login: "emil.employee", name: "Emil Jansen", role: "plain employee" },
  { login: "vera.vendor", name: "Vera Stanton", role: "portal user of Voltaris" },
  { login: "lars.nordic", name: "Lars Nyberg", role: "Nordic company only" },
  { login: "cleo.both", name: "Cleo Marchetti", role: "purchase manager, both companies" },
  { login: "gail.gulf", name: "Gail Robichaux", role: "Gulf Coast branch" },
];

export const SAMPLE_QUESTIONS: readonly string[] = [
  "From which amount must the finance director approve a purchase order?",
  "What penalty does Brightline owe for late deliveries?",
  "What is the salary band of a buyer?",
];
