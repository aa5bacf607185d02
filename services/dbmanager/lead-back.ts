// dbmanager: news about an invoice, days after it was sent, lead back to the trace that it came in by; what follows from them goes on from there.
import { isSampled, type TraceContext } from '@staffetta/flow/trace-context.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { tracing, type SpanFacts } from '@staffetta/platform/telemetry/tracing.ts';
import type { InvoiceTrace } from './invoice-traces.ts';

/** News that an event brought. */
interface News {
  readonly event: { readonly trace: TraceContext | undefined };
}

/** How news find their invoices. */
export interface LeadingBack<N> {
  /** The flow that brought them. */
  readonly flow: string;
  /** What they are about; undefined where that is nothing of ours. */
  readonly about: (news: N) => string | undefined;
  /** Reads the traces of the invoices, by what news are about. */
  readonly read: (about: readonly string[]) => Promise<ReadonlyMap<string, readonly InvoiceTrace[]>>;
}

function factsOf({ invoiceId, invoiceNumber, correlationId }: InvoiceTrace): SpanFacts {
  return {
    'staffetta.invoice.id': invoiceId,
    'staffetta.invoice.number': invoiceNumber,
    'staffetta.correlation_id': correlationId,
  };
}

/**
 * Begins a span for news about invoices whose trace is recorded, with links to those traces. It continues the trace of the news where that
 * is recorded too, and begins one where it is not: the story of a recorded invoice is told to its end. Where traces are off nothing is read.
 * @param tx the transaction of the news; the spans end with its commit
 * @param all the news
 * @param how how they find their invoices
 * @returns the same news, each with the trace in which what follows from it is told
 */
export async function leadBack<N extends News>(tx: Tx, all: readonly N[], how: LeadingBack<N>): Promise<readonly N[]> {
  const traces = tracing();
  const about = new Set(all.flatMap((one) => how.about(one) ?? []));
  if (!traces || about.size === 0) return all;
  const known = await how.read([...about]);
  return all.map((one) => {
    const invoices = known.get(how.about(one) ?? '') ?? [];
    const [first] = invoices;
    if (!first) return one;
    const { trace } = one.event;
    const span = traces.begin('dbmanager', `match ${how.flow}`, {
      kind: 'internal',
      parent: trace && isSampled(trace) ? trace : 'none',
      links: invoices.map((invoice) => ({ trace: invoice, facts: factsOf(invoice) })),
      facts: factsOf(first),
    });
    tx.afterCommit(() => span.end());
    return { ...one, event: { ...one.event, trace: span.trace } };
  });
}
