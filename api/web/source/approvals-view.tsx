import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ApiClient } from "./api-client.ts";
import type { Session, WaitingOrder } from "./contract.ts";
import { Icon } from "./icons.tsx";
import { Loading, ProblemNotice } from "./notices.tsx";
import { RationaleView } from "./rationale-view.tsx";
import { useLoad } from "./use-load.ts";
import type { GoTo } from "./use-place.ts";

interface ApprovalsViewProps {
  readonly client: ApiClient;
  readonly reader: Session;
  /** Name of the order that is open. */
  readonly order: string | null;
  readonly goTo: GoTo;
}

/** Orders that wait for a decision, or the rationale of one. */
export function ApprovalsView({ client, reader, order, goTo }: ApprovalsViewProps): VNode {
  if (order === null) return <WaitingOrders client={client} reader={reader} goTo={goTo} />;
  return (
    <>
      <button type="button" class="button button-link" onClick={() => goTo({ order: null })}>
        <Icon name="back" />
        All orders
      </button>
      <RationaleView client={client} reader={reader} order={order} />
    </>
  );
}

function WaitingOrders({ client, reader, goTo }: Omit<ApprovalsViewProps, "order">): VNode {
  const { value, problem, retry } = useLoad(reader.login, (signal) => client.approvals(signal));
  const title = useRef<HTMLHeadingElement>(null);
  // Coming back from a rationale, the button that had the focus is gone.
  useEffect(() => {
    if (document.activeElement === document.body) title.current?.focus();
  }, []);
  return (
    <section aria-labelledby="orders-title">
      <h1 id="orders-title" class="view-title" ref={title} tabIndex={-1}>
        Waiting for approval
      </h1>
      <p class="lead">Purchase orders that {reader.name} may read.</p>
      {problem === null ? null : <ProblemNotice problem={problem} onRetry={retry} />}
      {value === null && problem === null ? <Loading label="Loading the orders" /> : null}
      {value?.length === 0 ? <p class="empty">No order that you may read waits for approval.</p> : null}
      {value === null || value.length === 0 ? null : (
        <ul class="orders">
          {value.map((order) => (
            <li key={order.documentId}>
              <OrderButton order={order} onOpen={() => goTo({ order: order.name })} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function OrderButton({ order, onOpen }: { readonly order: WaitingOrder; readonly onOpen: () => void }): VNode {
  return (
    <button type="button" class="order" onClick={onOpen}>
      <span class="order-words">
        <span class="order-supplier">{order.supplier}</span>
        <span class="order-name">{order.title}</span>
      </span>
      <span class="order-total">{order.total}</span>
      <Icon name="arrow" />
    </button>
  );
}
