const amountFormat = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const quantityFormat = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

export function amount(value: number, currency: string): string {
  return `${amountFormat.format(value)} ${currency}`.trim();
}

export function quantity(value: number): string {
  return quantityFormat.format(value);
}

/** With one decimal, such as `7.5 %`. */
export function percent(value: number): string {
  return `${(Math.round(value * 10) / 10).toString()} %`;
}
