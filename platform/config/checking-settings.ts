// platform: the settings of document checks that whoever checks documents must agree on.
import { HubError } from '@staffetta/flow/errors.ts';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineSettings, type SettingsOf } from './settings.ts';
import type { Profile } from '../service.ts';

/** The rows for a settings table of a service that checks documents. */
export const checkingSettings = defineSettings({
  dummyTaxIds: {
    env: 'DUMMY_TAX_IDS',
    kind: 'text',
    choices: ['error', 'warning'],
    says: "What the tax authority's own dummy number 01234567890 counts as; by default a warning in profile dev, an error in production.",
  },
  trustAnchors: {
    env: 'SIGNATURE_TRUST_ANCHORS',
    kind: 'text',
    says: 'A PEM file with the certificates of the CAs that signed files must lead to (00104); without it the CA is not judged.',
  },
  findingsMax: {
    env: 'FINDINGS_MAX',
    kind: 'integer',
    default: 200,
    min: 1,
    max: 5000,
    says: 'How many findings are kept of one file; the last one then says how many more there are.',
  },
  checkAsideBytes: {
    env: 'CHECK_ASIDE_BYTES',
    kind: 'bytes',
    default: 262_144,
    min: 0,
    says: 'Documents larger than this are checked in a worker thread, so that everything else goes on meanwhile.',
  },
  checkWorkers: {
    env: 'CHECK_WORKERS',
    kind: 'integer',
    min: 1,
    max: 64,
    says: 'How many such checks run at once in one process; by default one for every two processors.',
  },
  checkTimeoutMs: {
    env: 'CHECK_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 100,
    says: 'How long such a check may take before it is broken off.',
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
}

const certificateForm = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function readAnchors(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    throw new HubError('SETTING_WRONG', `SIGNATURE_TRUST_ANCHORS=${path}: the file cannot be read.`, error);
  }
  const found = text.match(certificateForm);
  if (!found) throw new HubError('SETTING_WRONG', `SIGNATURE_TRUST_ANCHORS=${path}: it holds no certificate in PEM.`);
  return found;
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
    trustAnchors: values.trustAnchors === undefined ? undefined : readAnchors(values.trustAnchors),
    findingsMax: values.findingsMax,
    checkAsideBytes: values.checkAsideBytes,
    checkWorkers: values.checkWorkers ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    checkTimeoutMs: values.checkTimeoutMs,
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
