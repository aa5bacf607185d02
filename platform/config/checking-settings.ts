// platform: the settings of document checks that whoever checks documents must agree on.
import { availableParallelism } from 'node:os';
import { defineSettings, type SettingsOf } from './settings.ts';
import type { Profile } from '../service.ts';
import { readTrustAnchors } from './trust-anchors.ts';

/** The rows for a settings table of a service that checks documents. */
export const checkingSettings = defineSettings({
  dummyTaxIds: {
    env: 'DUMMY_TAX_IDS',
    kind: 'text',
    choices: ['error', 'warning'],
    live: true,
    says: "What the tax authority's own dummy number 01234567890 counts as; by default a warning in profile dev, an error in production.",
  },
  trustAnchors: {
    env: 'SIGNATURE_TRUST_ANCHORS',
    kind: 'text',
    live: true,
    says: 'A PEM file with the certificates of the CAs that signed files must lead to (00104); without it the CA is not judged.',
  },
  findingsMax: {
    env: 'FINDINGS_MAX',
    kind: 'integer',
    default: 200,
    min: 1,
    max: 5000,
    live: true,
    says: 'How many findings are kept of one file; the last one then says how many more there are.',
  },
  checkAsideBytes: {
    env: 'CHECK_ASIDE_BYTES',
    kind: 'bytes',
    default: 262_144,
    min: 0,
    live: true,
    says: 'Documents larger than this are checked in a worker thread, so that everything else goes on meanwhile.',
  },
  checkWorkers: {
    env: 'CHECK_WORKERS',
    kind: 'integer',
    min: 1,
    max: 64,
    live: true,
    says: 'How many such checks run at once in one process; by default one for every two processors.',
  },
  checkTimeoutMs: {
    env: 'CHECK_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 100,
    live: true,
    says: 'How long such a check may take before it is broken off.',
  },
  checkQueueMax: {
    env: 'CHECK_QUEUE_MAX',
    kind: 'integer',
    default: 8,
    min: 0,
    max: 1000,
    live: true,
    says: 'How many large documents may wait in one process for `verificaFattura` to check them; one more is answered 429.',
  },
  checkAnswerMs: {
    env: 'CHECK_ANSWER_WITHIN',
    kind: 'durationMs',
    default: 9000,
    min: 30,
    live: true,
    says:
      'Within how long `verificaFattura` answers for a large document: a third for its turn in the queue, the rest for the check; ' +
      'keep it below GATEWAY_RESPONSE_TIMEOUT.',
  },
});

/** The settings as they were read. */
export type CheckingSettings = SettingsOf<typeof checkingSettings>;

/** The settings with what the profile and the files in them mean. */
export interface CheckingOptions {
  readonly dummyTaxIds: 'error' | 'warning';
  /** Certificates in PEM, one text each; undefined where CAs are not judged. */
  readonly trustAnchors: readonly string[] | undefined;
  readonly findingsMax: number;
  readonly checkAsideBytes: number;
  readonly checkWorkers: number;
  readonly checkTimeoutMs: number;
  readonly checkQueueMax: number;
  readonly checkAnswerMs: number;
}

/**
 * Resolves the settings that depend on the profile or name a file.
 * @param values as `readSettings` gave them
 * @param profile dev or production
 * @throws HubError SETTING_WRONG for a file of trust anchors that cannot be read or holds none
 */
export function checkingOptions(values: CheckingSettings, profile: Profile): CheckingOptions {
  const byProfile = profile === 'dev' ? 'warning' : 'error';
  const chosen = values.dummyTaxIds === 'error' || values.dummyTaxIds === 'warning' ? values.dummyTaxIds : undefined;
  return {
    dummyTaxIds: chosen ?? byProfile,
    trustAnchors:
      values.trustAnchors === undefined ? undefined : readTrustAnchors('SIGNATURE_TRUST_ANCHORS', values.trustAnchors),
    findingsMax: values.findingsMax,
    checkAsideBytes: values.checkAsideBytes,
    checkWorkers: values.checkWorkers ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    checkTimeoutMs: values.checkTimeoutMs,
    checkQueueMax: values.checkQueueMax,
    checkAnswerMs: values.checkAnswerMs,
  };
}

/**
 * Gives the limits of the worker threads that check large documents.
 * @param options as `checkingOptions` gave them
 */
export function checkWorkerLimits(options: CheckingOptions) {
  return {
    work: 'check of a document',
    workersMax: options.checkWorkers,
    jobMsMax: options.checkTimeoutMs,
    // A lot of 5 MiB with two thousand bodies takes a third of this.
    heapMibMax: 768,
    idleMs: 60_000,
  } as const;
}

/**
 * Gives the limits of worker threads for those who only ask and wait for the answer: their queue is bounded, and so is their patience.
 * @param options as `checkingOptions` gave them
 */
export function askedWorkerLimits(options: CheckingOptions) {
  const { checkQueueMax: queueMax, checkAnswerMs } = options;
  const limits = checkWorkerLimits(options);
  const waitMsMax = checkAnswerMs / 3;
  return { ...limits, queueMax, waitMsMax, jobMsMax: Math.min(limits.jobMsMax, checkAnswerMs - waitMsMax) } as const;
}

/**
 * Gives what the settings say of every check, wherever it is made.
 * @param options as `checkingOptions` gave them
 * @param documentBytesMax the largest document and the most bytes of an archive; as checks have it by default where absent
 */
export function commonCheckOptions(options: CheckingOptions, documentBytesMax?: number) {
  const { dummyTaxIds, findingsMax, trustAnchors } = options;
  return {
    dummyTaxIds,
    findingsMax,
    ...(documentBytesMax !== undefined && { limits: { documentBytesMax, archiveBytesMax: documentBytesMax } }),
    ...(trustAnchors && { signatures: { trustAnchors } }),
  };
}
