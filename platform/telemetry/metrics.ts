// platform: the metrics of a service or a process: made from the table of names, read when somebody asks, and never failing as a whole.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricTable, type LabelOf, type MetricName, type MetricRow } from './metric-names.ts';
import { sharedRead } from './shared-read.ts';

/** A value of a gauge under its labels. */
export interface Sample<L extends string = string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}

/** How figures are read that cost a question to the database or the brokers. */
export interface ReadingLimits {
  /** How long a figure serves before it is read again, in milliseconds (METRICS_KEEP). */
  readonly keepMs: number;
  /** How long a scrape waits for it, in milliseconds (METRICS_TIMEOUT). */
  readonly timeoutMs: number;
}

/** What a reading of several gauges gives. */
export type Readings<N extends MetricName<'gauge'>> = { readonly [M in N]: readonly Sample<LabelOf<M>>[] };

const defaultLimits: ReadingLimits = { keepMs: 5000, timeoutMs: 2000 };
const errorsName = 'staffetta_scrape_errors_total';

/** The metrics of one service, or of one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly #limits: ReadingLimits;
  readonly #also: Metrics | undefined;
  /** Told of what could not be read. */
  #missed: (part: string) => void = () => undefined;

  /**
   * @param service the label `service` of all of them; a process of several services is called `hub`
   * @param limits for what costs something to read
   * @param also the metrics of the process, where this service shows them too; what fails there is counted here
   */
  constructor(service: string, limits: ReadingLimits = defaultLimits, also?: Metrics) {
    this.registry.setDefaultLabels({ service });
    this.#limits = limits;
    this.#also = also;
  }

  /** Makes the metrics of a service, which count what could not be read; those of a process are counted where they are shown. */
  static ofService(service: string, limits?: ReadingLimits, also?: Metrics): Metrics {
    const made = new Metrics(service, limits, also);
    const errors = made.counter(errorsName);
    made.#missed = (part) => errors.inc({ part });
    if (also) also.#missed = made.#missed;
    return made;
  }

  /** A counter of the table; the same one whenever it is asked for. */
  counter<N extends MetricName<'counter'>>(name: N): Counter<LabelOf<N>> {
    const known = this.registry.getSingleMetric(name) as Counter<LabelOf<N>> | undefined;
    return known ?? new Counter(this.#made(name));
  }

  /** A histogram of the table; the same one whenever it is asked for. */
  histogram<N extends MetricName<'histogram'>>(name: N): Histogram<LabelOf<N>> {
    const { buckets } = metricTable[name];
    const known = this.registry.getSingleMetric(name) as Histogram<LabelOf<N>> | undefined;
    return known ?? new Histogram({ ...this.#made(name), buckets: [...buckets] });
  }

  /**
   * Makes gauges whose values are read, all with one reading, when somebody asks. What cannot be read is left out and counted.
   * Who watches the same again takes the place of the one before.
   * @param part what is read, for the count of failures
   * @param names the gauges
   * @param read gives their samples
   * @param keepMs how long an answer serves; by default as the settings say, 0 for what lies in memory
   */
  watch<const N extends MetricName<'gauge'>>(
    part: string,
    names: readonly N[],
    read: () => Promise<Readings<N>> | Readings<N>,
    keepMs = this.#limits.keepMs,
  ): void {
    const ask = sharedRead(async () => read(), { keepMs, timeoutMs: this.#limits.timeoutMs });
    let asked: Promise<Readings<N> | undefined> | undefined;
    // The gauges of one scrape share an answer, and a failure counts once.
    const answer = (): Promise<Readings<N> | undefined> =>
      (asked ??= ask()
        .catch(() => {
          this.#missed(part);
          return undefined;
        })
        .finally(() => (asked = undefined)));
    for (const name of names) {
      this.registry.removeSingleMetric(name);
      const gauge: Gauge = new Gauge({
        ...this.#made(name),
        collect: async () => {
          const readings = await answer();
          gauge.reset();
          if (metricTable[name].labels.length === 0) gauge.remove();
          for (const { labels, value } of readings?.[name] ?? []) gauge.set(labels, value);
        },
      });
    }
  }

  /** All metrics in Prometheus' text format, those of the process among them where this service shows them. */
  async text(): Promise<string> {
    const texts = await Promise.all([this.#texts(), this.#also ? this.#also.#texts() : []]);
    // The last to be read, so that it tells of this very scrape.
    const all = [...texts.flat(), await this.#textOf(errorsName)];
    return `${all.filter((text) => text !== '').join('\n\n')}\n`;
  }

  #texts(): Promise<string[]> {
    const names = this.registry.getMetricsAsArray().map(({ name }) => name);
    return Promise.all(names.filter((name) => name !== errorsName).map((name) => this.#textOf(name)));
  }

  /** The type of `text`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** The metrics with their samples, those of the process among them. */
  all(): Promise<Awaited<ReturnType<Registry['getMetricsAsJSON']>>> {
    const registries = this.#also ? [this.registry, this.#also.registry] : [this.registry];
    return Promise.all(registries.map((registry) => registry.getMetricsAsJSON())).then((lists) => lists.flat());
  }

  async #textOf(name: string): Promise<string> {
    try {
      return await this.registry.getSingleMetricAsString(name);
    } catch {
      // One that fails must not hide the others.
      this.#missed(name);
      return '';
    }
  }

  #made<N extends MetricName>(name: N) {
    const row: MetricRow = metricTable[name];
    const labelNames = [...row.labels] as LabelOf<N>[];
    return { name, help: row.says, labelNames, registers: [this.registry] };
  }
}
