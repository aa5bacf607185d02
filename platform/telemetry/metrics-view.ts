// platform: metrics as Spring's actuator shows them one by one (`/actuator/metrics/{name}`). Pure.
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';

type Value = MetricValueWithName<string>;
type Shown = Pick<MetricObjectWithValues<Value>, 'name' | 'help'> & {
  readonly values: readonly Value[];
};

/** A metric as the actuator shows it. */
export interface MetricView {
  readonly name: string;
  readonly description: string;
  readonly baseUnit: string | null;
  readonly measurements: readonly { readonly statistic: 'VALUE' | 'COUNT' | 'TOTAL'; readonly value: number }[];
  readonly availableTags: readonly { readonly tag: string; readonly values: readonly string[] }[];
}

const units = /_(seconds|bytes|records)(?:_total)?$/;

/** Micrometer's name: `http.server.requests` for `http_server_requests_seconds`. */
function dotted(name: string): string {
  return name
    .replace(/_total$/, '')
    .replace(units, '')
    .replaceAll('_', '.');
}

/** All names, sorted, in Prometheus' spelling. */
export function metricNamesView(metrics: readonly Shown[]): { readonly names: readonly string[] } {
  return { names: metrics.map(({ name }) => name).toSorted() };
}

function fits({ labels }: Value, tags: readonly (readonly [string, string])[]): boolean {
  return tags.every(([tag, value]) => String(labels[tag]) === value);
}

function sum(values: readonly Value[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

function measurementsOf(values: readonly Value[], name: string): MetricView['measurements'] {
  const counts = values.filter(({ metricName }) => metricName === `${name}_count`);
  if (counts.length === 0) {
    return [{ statistic: name.endsWith('_total') ? 'COUNT' : 'VALUE', value: sum(values) }];
  }
  const totals = values.filter(({ metricName }) => metricName === `${name}_sum`);
  return [
    { statistic: 'COUNT', value: sum(counts) },
    { statistic: 'TOTAL', value: sum(totals) },
  ];
}

function tagsOf(values: readonly Value[], chosen: readonly string[]): MetricView['availableTags'] {
  const known = new Map<string, Set<string>>();
  for (const { labels } of values) {
    for (const [tag, value] of Object.entries(labels)) {
      if (tag === 'le' || chosen.includes(tag)) continue;
      known.set(tag, (known.get(tag) ?? new Set()).add(String(value)));
    }
  }
  return [...known].map(([tag, found]) => ({ tag, values: [...found] }));
}

/**
 * Shows one metric.
 * @param metrics all, with their samples
 * @param asked its name in Prometheus' spelling, or in Micrometer's (`http.server.requests`)
 * @param tags `uri:/api/x`: only samples with these labels
 * @returns undefined where there is no such metric, or none with these labels
 */
export function metricView(metrics: readonly Shown[], asked: string, tags: readonly string[]): MetricView | undefined {
  const found = metrics.find(({ name }) => name === asked) ?? metrics.find(({ name }) => dotted(name) === asked);
  if (!found) return undefined;
  const pairs = tags.map((tag) => {
    const colon = tag.indexOf(':');
    return [tag.slice(0, colon), tag.slice(colon + 1)] as const;
  });
  const values = found.values.filter((value) => fits(value, pairs));
  if (values.length === 0 && pairs.length > 0) return undefined;
  return {
    name: asked,
    description: found.help,
    baseUnit: units.exec(found.name)?.[1] ?? null,
    measurements: measurementsOf(values, found.name),
    availableTags: tagsOf(
      values,
      pairs.map(([tag]) => tag),
    ),
  };
}
