// platform: which traces are recorded: OpenTelemetry's samplers by their names, and a rule for spans that only have links.
import { TraceFlags, trace, type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';

/** A span without a parent that is linked to a recorded one is recorded: a batch, a notice that comes days after its invoice. */
class LinkedSampler implements Sampler {
  readonly #inner: Sampler;

  constructor(inner: Sampler) {
    this.#inner = inner;
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    facts: Attributes,
    links: Link[],
  ): SamplingResult {
    const isRoot = trace.getSpanContext(context) === undefined;
    const isLinked = links.some((link) => (link.context.traceFlags & TraceFlags.SAMPLED) !== 0);
    if (isRoot && isLinked) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return this.#inner.shouldSample(context, traceId, name, kind, facts, links);
  }

  toString(): string {
    return `Linked{${this.#inner.toString()}}`;
  }
}

function plainSampler(name: string, share: number): Sampler {
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  return name.endsWith('always_off') ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(share);
}

/** Whether the caller decides, by the sampler's name. */
export function isParentBased(name: string): boolean {
  return name.startsWith('parentbased_');
}

/**
 * Makes a sampler.
 * @param name as OTEL_TRACES_SAMPLER writes it
 * @param share of the traces, from 0 to 1; only with `traceidratio`
 */
export function samplerOf(name: string, share: number): Sampler {
  const root = plainSampler(name, share);
  return new LinkedSampler(isParentBased(name) ? new ParentBasedSampler({ root }) : root);
}
