// platform: switches traces on where a collector is named: the SDK is loaded only then, and a collector that is away holds up nothing.
import { HubError } from '@staffetta/flow/errors.ts';
import { randomUUID } from 'node:crypto';
import type { TraceSettings } from '../config/trace-settings.ts';
import type { Log } from './log.ts';
import { installTracing } from './tracing.ts';

/** What traces are switched on with. */
export interface TracingParts {
  readonly settings: TraceSettings & { readonly profile: string };
  readonly log: Log;
  readonly version: string;
}

/** Milliseconds that the last spans get when the process stops. */
const lastMs = 2000;
/** In production one invoice in a hundred: about 20 spans each, a few µs an invoice. In profile dev all, to see one's own. */
const shares: Readonly<Record<string, number>> = { dev: 1, production: 0.01 };

const nothing = (): Promise<void> => Promise.resolve();

function urlOf({ otlpEndpoint, otlpTracesEndpoint }: TraceSettings): string | undefined {
  if (otlpTracesEndpoint !== undefined) return otlpTracesEndpoint;
  return otlpEndpoint === undefined ? undefined : `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
}

/** Whether spans are to be made. */
export function isTraced(settings: TraceSettings): boolean {
  return urlOf(settings) !== undefined;
}

/** `name=value` by comma, values percent-encoded, as OpenTelemetry writes lists in the environment. */
function readPairs(text: string, env: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair): [string, string][] => {
    if (pair.trim() === '') return [];
    const at = pair.indexOf('=');
    // Never the value: it may be a key.
    if (at < 1) throw new HubError('SETTING_WRONG', `${env}: write name=value by comma.`);
    return [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim(), env)]];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string, env: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new HubError('SETTING_WRONG', `${env}: a value is not percent-encoded as it must be (% is %25).`);
  }
}

/** What is said of a service as the source of spans; what the operator says wins, but for the names of services. */
function resourcesOf({ traceServiceName, traceResource }: TraceSettings, version: string) {
  const given = readPairs(traceResource, 'OTEL_RESOURCE_ATTRIBUTES');
  const instance = randomUUID();
  return (service: string): Record<string, string> => ({
    'service.namespace': 'staffetta',
    'service.version': version,
    'service.instance.id': instance,
    ...given,
    'service.name': traceServiceName ?? service,
    ...(traceServiceName !== undefined && { 'staffetta.service': service }),
  });
}

/**
 * Switches traces on, for the whole process, before its services start.
 * @param parts settings, log and version
 * @returns ends them: what was recorded goes out, within two seconds
 * @throws HubError SETTING_WRONG
 */
export async function startTracing({ settings, log, version }: TracingParts): Promise<() => Promise<void>> {
  const url = urlOf(settings);
  if (url === undefined) return nothing;
  const headers = readPairs(settings.otlpHeaders ?? '', 'OTEL_EXPORTER_OTLP_HEADERS');
  const resourceOf = resourcesOf(settings, version);
  const [{ OTLPTraceExporter }, { OtelTracing }, { SpanQueue }, { isParentBased, samplerOf }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('./otel-tracing.ts'),
    import('./span-queue.ts'),
    import('./samplers.ts'),
  ]);
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: settings.otlpTimeoutMs });
  const { traceQueueMax: queueMax, traceBatchMax: batchMax, traceDelayMs: delayMs, tracesSampler } = settings;
  const queue = new SpanQueue(exporter, { queueMax, batchMax, delayMs }, (why) => {
    if (why === undefined) log.info('traces.goOn');
    else log.warn({ why }, 'traces.lost');
  });
  const share = settings.tracesSamplerArg ?? shares[settings.profile] ?? 1;
  const sampler = samplerOf(tracesSampler, share);
  const made = new OtelTracing({ sampler, parentBased: isParentBased(tracesSampler), queue, resourceOf, version });
  installTracing(made);
  log.info({ sampler: tracesSampler, share }, 'traces.on');
  return async () => {
    installTracing(undefined);
    const late = new Promise<void>((resolve) => setTimeout(resolve, lastMs).unref());
    await Promise.race([queue.shutdown(), late]);
    made.end();
  };
}
