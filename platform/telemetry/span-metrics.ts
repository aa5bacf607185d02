// platform: counts the spans that were lost, so that holes in traces can be told from things that did not happen.
import type { Metrics } from './metrics.ts';
import { tracing } from './tracing.ts';

/**
 * Begins to count; where traces are off the figure stays 0.
 * @param metrics where to
 */
export function countLostSpans(metrics: Metrics): void {
  const lost = metrics.counter('staffetta_spans_lost_total');
  for (const why of ['full', 'refused'] as const) lost.inc({ why }, 0);
  tracing()?.onLost((why, count) => lost.inc({ why }, count));
}
