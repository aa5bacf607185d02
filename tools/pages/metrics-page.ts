// tools: docs/metrics.md, printed from the table of metrics.
import type { MetricRow } from '@staffetta/platform/telemetry/metric-names.ts';
import { code, page, table } from './markdown.ts';

const whose: Readonly<Record<MetricRow['of'], string>> = {
  instance: 'the instance (add them up)',
  hub: 'the hub (take the largest)',
  process: 'the process',
};

/** The page that lists every metric with its labels, whose figure it is, and who shows it. */
export function metricsPage(metrics: Readonly<Record<string, MetricRow>>): string {
  return page('Metrics', '`platform/telemetry/metric-names.ts`', [
    'Every service shows them at `/actuator/prometheus`, and one by one at `/actuator/metrics/{name}`. The gateway has besides ' +
      'figures of its own (`gateway_…`: calls to services, second tries, ejections, breakers, what was shed), and so has the ' +
      'eurekaserver (`eureka_…`). What cannot be read when somebody asks is left out and counted in `staffetta_scrape_errors_total`.',
    table(
      ['metric', 'kind', 'labels', 'whose', 'shown by', 'what it says'],
      Object.entries(metrics).map(([name, { kind, labels, of, at, says }]) => [
        code(name),
        kind,
        labels.map(code).join(', ') || '–',
        whose[of],
        at?.join(', ') ?? (of === 'process' ? 'one service of each process' : 'all'),
        says,
      ]),
    ),
  ]);
}
