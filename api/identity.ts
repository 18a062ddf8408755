/** Who a request comes from and how that was established. */
export interface Identity {
  readonly login: string;
  /** `operator`: someone with access to the data directory who asks as another, for testing and compliance. */
  readonly via: "api-key" | "sample-login" | "operator";
}
