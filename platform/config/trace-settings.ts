// platform: the settings of traces, under the names that OpenTelemetry gave them.
import { defineSettings, type SettingsOf } from './settings.ts';

/** The table; without an endpoint nothing is recorded and nothing of it is loaded. */
export const traceSettings = defineSettings({
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    kind: 'url',
    says: 'Where spans go: the base URL of a collector that takes OTLP as JSON over HTTP, such as http://localhost:4318; without it no spans are made.',
  },
  otlpTracesEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    kind: 'url',
    says: 'The whole URL for spans where it is another one than the endpoint with /v1/traces behind it.',
  },
  otlpHeaders: {
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    kind: 'secret',
    says: 'Headers for the collector, name=value by comma, values percent-encoded: its key, for example.',
  },
  otlpTimeoutMs: {
    env: 'OTEL_EXPORTER_OTLP_TIMEOUT',
    kind: 'durationMs',
    default: 5000,
    min: 100,
    max: 60_000,
    says: 'How long the collector may take with one batch of spans, new tries included.',
  },
  tracesSampler: {
    env: 'OTEL_TRACES_SAMPLER',
    kind: 'text',
    default: 'parentbased_traceidratio',
    choices: [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    says: 'Which traces are recorded; with `parentbased_` a caller that records its trace, or does not, decides for us.',
  },
  tracesSamplerArg: {
    env: 'OTEL_TRACES_SAMPLER_ARG',
    kind: 'number',
    min: 0,
    max: 1,
    says: 'The share of traces that is recorded, from 0 to 1; by default 1 in profile dev and 0.01 in production.',
  },
  traceServiceName: {
    env: 'OTEL_SERVICE_NAME',
    kind: 'text',
    says: 'The name of all services of this process in traces; by default each has its own, also where they share a process.',
  },
  traceResource: {
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    kind: 'text',
    default: '',
    says: 'What else is said of where spans come from, name=value by comma, values percent-encoded.',
  },
  traceQueueMax: {
    env: 'OTEL_BSP_MAX_QUEUE_SIZE',
    kind: 'integer',
    default: 8192,
    min: 16,
    max: 1_000_000,
    says: 'How many spans wait for the collector at most; more are lost and counted.',
  },
  traceBatchMax: {
    env: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    kind: 'integer',
    default: 256,
    min: 1,
    max: 8192,
    says: 'How many spans go to the collector at once.',
  },
  traceDelayMs: {
    env: 'OTEL_BSP_SCHEDULE_DELAY',
    kind: 'durationMs',
    default: 1000,
    min: 10,
    max: 60_000,
    says: 'How long spans wait for more to go along.',
  },
});

/** The settings' values. */
export type TraceSettings = SettingsOf<typeof traceSettings>;
