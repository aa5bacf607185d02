// platform: every metric that the hub shows, with its kind, labels and meaning; the page and the alerts take them from here. Pure.

/** One row: what a metric is and where it is shown. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly says: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
  /**
   * Whose figure it is: the `instance`'s, which adds up over instances, or the whole `hub`'s, read from what they share, so that all
   * instances of a service tell the same (take the largest). `process`: told once for each process.
   */
  readonly of: 'instance' | 'hub' | 'process';
  /** The services that show it; absent where all do (or, `process`, the one that speaks for its process). */
  readonly at?: readonly string[];
}

const seconds = [0.005, 0.015, 0.05, 0.2, 1, 5, 30];
const consumers = ['receiver', 'dbmanager', 'sender', 'signer'];

/** Helps TypeScript keep the exact names and labels. */
function rows<const T extends Readonly<Record<string, MetricRow>>>(table: T): T {
  return table;
}

/** The table. Names in Prometheus' manner, after Micrometer where it has a name for the thing. */
export const metricTable = rows({
  http_server_requests_seconds: {
    kind: 'histogram',
    says: 'Time to answer a request; `uri` is the route, never the path that was asked for',
    labels: ['method', 'uri', 'status', 'outcome'],
    buckets: [0.005, 0.015, 0.05, 0.2, 1, 5],
    of: 'instance',
  },
  staffetta_scrape_errors_total: {
    kind: 'counter',
    says: 'Figures that could not be read when somebody asked, and were left out',
    labels: ['part'],
    of: 'instance',
  },
  staffetta_build_info: {
    kind: 'gauge',
    says: 'Always 1; what runs',
    labels: ['version', 'node'],
    of: 'process',
  },
  process_uptime_seconds: { kind: 'gauge', says: 'Since when the process runs', labels: [], of: 'process' },
  http_client_requests_seconds: {
    kind: 'histogram',
    says: 'Time until a call to another service, a callback or a server of somebody else was answered, or failed',
    labels: ['method', 'status', 'outcome', 'client_name'],
    buckets: [0.005, 0.015, 0.05, 0.2, 1, 5],
    of: 'process',
  },
  staffetta_database_connections: {
    kind: 'gauge',
    says: 'Connections to the database by what they do',
    labels: ['state'],
    of: 'process',
  },
  staffetta_database_connections_max: {
    kind: 'gauge',
    says: 'How many connections to the database there may be (DATABASE_CONNECTIONS)',
    labels: [],
    of: 'process',
  },
  staffetta_database_waiting: {
    kind: 'gauge',
    says: 'Statements that wait for a connection to the database',
    labels: [],
    of: 'process',
  },
  staffetta_outbox_rows: {
    kind: 'gauge',
    says: 'Events that are committed and not known to be on Kafka yet, by who wrote them; all processes tell the same (take the largest)',
    labels: ['owner'],
    of: 'process',
  },
  staffetta_outbox_oldest_seconds: {
    kind: 'gauge',
    says: 'How long the oldest of them waits',
    labels: ['owner'],
    of: 'process',
  },
  staffetta_spans_lost_total: {
    kind: 'counter',
    says: 'Spans that did not get to the collector: `full`, no room to wait; `refused`, it was away or did not take them',
    labels: ['why'],
    of: 'process',
  },
  staffetta_consumer_lag_records: {
    kind: 'gauge',
    says: 'Events that a group has still to handle',
    labels: ['flow', 'group'],
    of: 'hub',
    at: consumers,
  },
  staffetta_flow_paused: {
    kind: 'gauge',
    says: '1 while the flow stands still because a part is away',
    labels: ['flow'],
    of: 'instance',
    at: consumers,
  },
  staffetta_events_total: {
    kind: 'counter',
    says: 'Events that a step took, by how it went; one that failed is tried again or set aside',
    labels: ['flow', 'result'],
    of: 'instance',
    at: consumers,
  },
  staffetta_events_set_aside_total: {
    kind: 'counter',
    says: 'Events that went to the dead letters, by the code of the error',
    labels: ['flow', 'code'],
    of: 'instance',
    at: consumers,
  },
  staffetta_batch_seconds: {
    kind: 'histogram',
    says: 'Time that a step took for a batch of events',
    labels: ['flow'],
    buckets: seconds,
    of: 'instance',
    at: consumers,
  },
  staffetta_invoice_moves_total: {
    kind: 'counter',
    says: 'Changes of invoices: what happened (`event`) and what they are since then',
    labels: ['event', 'status', 'detail'],
    of: 'instance',
    at: ['dbmanager'],
  },
  staffetta_invoice_oldest_seconds: {
    kind: 'gauge',
    says: 'Age of the oldest unfinished invoice: accepted and not saved, to be sent, or sent and without an answer of SdI',
    labels: ['stage'],
    of: 'hub',
    at: ['receiver', 'dbmanager'],
  },
  staffetta_alarms_open: {
    kind: 'gauge',
    says: 'What should have happened and did not',
    labels: ['kind'],
    of: 'hub',
    at: ['dbmanager'],
  },
  staffetta_dead_letters_open: {
    kind: 'gauge',
    says: 'Dead letters that nobody has replayed or discarded yet',
    labels: ['topic'],
    of: 'hub',
    at: ['scheduler'],
  },
  staffetta_dead_letter_oldest_seconds: {
    kind: 'gauge',
    says: 'How long the oldest of them waits',
    labels: ['topic'],
    of: 'hub',
    at: ['scheduler'],
  },
  staffetta_accepted_total: {
    kind: 'counter',
    says: 'Requests answered 202',
    labels: ['flow'],
    of: 'instance',
    at: ['receiver'],
  },
  staffetta_waiters_open: {
    kind: 'gauge',
    says: 'Accepted events that are not known to be saved',
    labels: [],
    of: 'hub',
    at: ['receiver'],
  },
  staffetta_waiters_overdue_total: {
    kind: 'counter',
    says: 'Accepted events that were not saved in time',
    labels: [],
    of: 'instance',
    at: ['receiver'],
  },
  staffetta_callbacks: {
    kind: 'gauge',
    says: 'Callbacks that are owed: pending; overdue (pending for more than a minute after they were due); dead (given up, not replayed)',
    labels: ['state'],
    of: 'hub',
    at: ['receiver'],
  },
  staffetta_callback_oldest_seconds: {
    kind: 'gauge',
    says: 'How long the oldest pending callback is overdue',
    labels: [],
    of: 'hub',
    at: ['receiver'],
  },
  staffetta_callback_seconds: {
    kind: 'histogram',
    says: 'Time of a try of a callback, by how it ended',
    labels: ['outcome'],
    buckets: seconds,
    of: 'instance',
    at: ['receiver'],
  },
  staffetta_callback_first_attempt_seconds: {
    kind: 'histogram',
    says: "Time from an outcome's arrival to the end of its callback's first try",
    labels: [],
    buckets: [0.01, 0.04, 0.1, 0.2, 1, 2, 10, 60],
    of: 'instance',
    at: ['receiver'],
  },
  staffetta_callbacks_dead_total: {
    kind: 'counter',
    says: 'Callbacks given up',
    labels: [],
    of: 'instance',
    at: ['receiver'],
  },
  staffetta_smtp_connections: {
    kind: 'gauge',
    says: 'Connections to the mail server',
    labels: ['mailbox', 'state'],
    of: 'instance',
    at: ['sender'],
  },
  staffetta_smtp_queued: {
    kind: 'gauge',
    says: 'Mails that wait for a connection to the mail server',
    labels: ['mailbox'],
    of: 'instance',
    at: ['sender'],
  },
  staffetta_mail_seconds: {
    kind: 'histogram',
    says: 'Time of a try to send a mail, by what came of it: taken, refused (5xx), notNow (4xx), unsure, away, failed',
    labels: ['answer'],
    buckets: seconds,
    of: 'instance',
    at: ['sender'],
  },
  staffetta_imap_connected: {
    kind: 'gauge',
    says: 'Whether this instance is connected to the mailbox (1) or not (0)',
    labels: ['mailbox'],
    of: 'instance',
    at: ['mailbox'],
  },
  staffetta_imap_last_seen_seconds: {
    kind: 'gauge',
    says: 'How long ago this instance last looked into the mailbox with success',
    labels: ['mailbox'],
    of: 'instance',
    at: ['mailbox'],
  },
  staffetta_mailbox_mails: {
    kind: 'gauge',
    says: 'Mails that were read, by what became of them',
    labels: ['mailbox', 'state'],
    of: 'hub',
    at: ['mailbox'],
  },
  staffetta_mailbox_oldest_waiting_seconds: {
    kind: 'gauge',
    says: 'How long the oldest mail waits to be understood or handed over',
    labels: [],
    of: 'hub',
    at: ['mailbox'],
  },
  staffetta_signature_seconds: {
    kind: 'histogram',
    says: 'Time to sign a file, by how it went',
    labels: ['result'],
    buckets: seconds,
    of: 'instance',
    at: ['signer'],
  },
  staffetta_signing_key_ready: {
    kind: 'gauge',
    says: '1 while there is a key that may sign',
    labels: [],
    of: 'instance',
    at: ['signer'],
  },
  staffetta_signing_certificate_left_seconds: {
    kind: 'gauge',
    says: 'How long the certificate is still valid; below 0 it is over',
    labels: [],
    of: 'instance',
    at: ['signer'],
  },
});

/** The names of the table, by kind. */
export type MetricName<K extends MetricRow['kind'] = MetricRow['kind']> = {
  [N in keyof typeof metricTable]: (typeof metricTable)[N]['kind'] extends K ? N : never;
}[keyof typeof metricTable];

/** The labels of a metric. */
export type LabelOf<N extends keyof typeof metricTable> = (typeof metricTable)[N]['labels'][number];
