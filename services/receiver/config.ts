// receiver: its settings, and what they mean under each profile.
import { readCertificates } from '@staffetta/fatturapa/signature/verify-trust.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import {
  checkingOptions,
  checkingSettings,
  type CheckingOptions,
} from '@staffetta/platform/config/checking-settings.ts';
import { documentBytesMax } from '@staffetta/platform/config/document-bytes-max.ts';
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { readTrustAnchors } from '@staffetta/platform/config/trust-anchors.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import type { CallbackPolicy } from './callback-policy.ts';
import { noticeSignatureModes, type NoticePolicy } from './judge-notices.ts';
import { readSecrets } from './sign-callback.ts';

/** The receiver's settings table. */
export const settings = defineSettings({
  documentBytesMax,
  ...checkingSettings,
  noticeSignatures: {
    env: 'NOTICE_SIGNATURES',
    kind: 'text',
    choices: noticeSignatureModes,
    default: 'off',
    live: true,
    says: "What becomes of SdI's signature on notices: `off` not judged, `warn` told in the log and on the event, `require` refused with 400 unless valid.",
  },
  noticeTrust: {
    env: 'NOTICE_TRUST',
    kind: 'text',
    live: true,
    says: "A PEM file with SdI's own certificate for notices, or its authority's; under the authority only SdI's name counts.",
  },
  batchMax: {
    env: 'RECEIVER_BATCH_MAX',
    kind: 'integer',
    default: 200,
    min: 1,
    max: 1000,
    says: 'How many events are taken at once, in one transaction.',
  },
  tries: {
    env: 'RECEIVER_TRIES',
    kind: 'integer',
    default: 10,
    min: 1,
    live: true,
    says: 'How often an event that fails is tried before it becomes a dead letter.',
  },
  retryDelaysMs: {
    env: 'RECEIVER_RETRY_DELAYS',
    kind: 'durationsMs',
    // Running total: 0.1 s, 0.6 s, 2.6 s, 12.6 s, 42.6 s, then 30 s more each: 2 m 43 s.
    default: [100, 500, 2000, 10_000, 30_000],
    live: true,
    says: 'The waits between those tries; the last one repeats.',
  },
  waiterTimeoutMs: {
    env: 'RECEIVER_WAITER_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 1,
    live: true,
    says: 'How long an accepted event may take to be saved before a dead letter tells of it (it is never cancelled).',
  },
  waiterCheckMs: {
    env: 'RECEIVER_WAITER_CHECK',
    kind: 'durationMs',
    default: 1000,
    min: 10,
    live: true,
    says: 'How often overdue waiters are looked for.',
  },
  callbackScheduleMs: {
    env: 'CALLBACK_SCHEDULE',
    kind: 'durationsMs',
    // Running total: 0, 5 s, 35 s, 2 m 35 s, 12 m 35 s, 42 m 35 s, 1 h 43 m, 4 h 43 m, 12 h 43 m, 24 h 43 m.
    default: [0, 5000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 28_800_000, 43_200_000],
    min: 0,
    live: true,
    says: 'The wait before each try of a callback; as many tries as entries, then it is a dead letter.',
  },
  callbackJitter: {
    env: 'CALLBACK_JITTER',
    kind: 'number',
    default: 0.2,
    min: 0,
    max: 1,
    live: true,
    says: 'The part of each wait that is left to chance: 0 none, 1 anything between nothing and the whole wait.',
  },
  callbackTimeoutMs: {
    env: 'CALLBACK_TIMEOUT',
    kind: 'durationMs',
    default: 10_000,
    min: 10,
    max: 120_000,
    live: true,
    says: 'How long one try of a callback may take, from the connection to the last byte of the answer.',
  },
  callbackPollMs: {
    env: 'CALLBACK_POLL',
    kind: 'durationMs',
    default: 500,
    min: 10,
    live: true,
    says: 'How often callbacks that are due again are looked for.',
  },
  callbackHostConcurrency: {
    env: 'CALLBACK_HOST_CONCURRENCY',
    kind: 'integer',
    default: 16,
    min: 1,
    max: 1024,
    live: true,
    says: 'How many callbacks one host gets at once from one receiver.',
  },
  callbackConcurrency: {
    env: 'CALLBACK_CONCURRENCY',
    kind: 'integer',
    default: 64,
    min: 2,
    max: 4096,
    live: true,
    says: 'How many callbacks one receiver makes at once; the last free places are kept for hosts that have none.',
  },
  callbackBreakerFailures: {
    env: 'CALLBACK_BREAKER_FAILURES',
    kind: 'integer',
    default: 10,
    min: 1,
    live: true,
    says: 'After how many time-outs or connection failures in a row a host is left alone for a while.',
  },
  callbackBreakerOpenMs: {
    env: 'CALLBACK_BREAKER_OPEN',
    kind: 'durationMs',
    default: 5000,
    min: 10,
    live: true,
    says: 'How long such a host is left alone before one callback tries again; doubles up to twelve times as long.',
  },
  callbackAllowHttp: {
    env: 'CALLBACK_ALLOW_HTTP',
    kind: 'boolean',
    live: true,
    says: 'Whether callbacks may go to plain http; by default only in profile dev.',
  },
  callbackAllowPrivate: {
    env: 'CALLBACK_ALLOW_PRIVATE',
    kind: 'boolean',
    live: true,
    says: 'Whether callbacks may go to private, loopback and other special addresses; by default only in profile dev.',
  },
  callbackSecrets: {
    env: 'CALLBACK_SECRETS',
    kind: 'secret',
    live: true,
    says: 'Secrets that sign callbacks (Standard Webhooks: whsec_ and base64 of 24 to 64 bytes), comma separated.',
  },
  callbackApiKeys: {
    env: 'CALLBACK_API_KEYS',
    kind: 'secret',
    live: true,
    says: 'API keys that callbacks carry, by host: host=key,host:port=key2.',
  },
  callbackApiKeyHeader: {
    env: 'CALLBACK_API_KEY_HEADER',
    kind: 'text',
    default: 'X-ARUBA-API-KEY',
    live: true,
    says: 'The header in which callbacks carry their API key.',
  },
  callbackKeepMs: {
    env: 'CALLBACK_KEEP',
    kind: 'durationMs',
    default: 2_592_000_000,
    min: 60_000,
    live: true,
    says: 'How long delivered callbacks with their attempts, and overdue waiters that were told of, are kept; the dead stay.',
  },
});

/** The receiver's settings as they were read. */
export type ReceiverSettings = SettingsOf<typeof settings>;

/** The settings with what the profile and the texts in them mean. */
export interface ReceiverOptions extends ReceiverSettings {
  readonly policy: CallbackPolicy;
  readonly checking: CheckingOptions;
  readonly notices: NoticePolicy;
  readonly secrets: readonly Buffer[];
  readonly apiKeys: ReadonlyMap<string, string>;
  /** Bytes of a request; leaves room for a document's escaping in JSON or its base64. */
  readonly bodyBytesMax: number;
}

/**
 * Resolves the settings that depend on the profile and reads the texts that hold lists.
 * @param values as `readSettings` gave them
 * @param profile dev or production
 * @throws HubError SETTING_WRONG for a key, secret or header name that cannot be read (never with its value)
 */
export function receiverOptions(values: ReceiverSettings, profile: Profile): ReceiverOptions {
  const dev = profile === 'dev';
  if (values.callbackScheduleMs.length === 0) throw new HubError('SETTING_WRONG', 'CALLBACK_SCHEDULE names no try.');
  if (!/^[A-Za-z0-9-]{1,100}$/.test(values.callbackApiKeyHeader)) {
    throw new HubError('SETTING_WRONG', 'CALLBACK_API_KEY_HEADER is no header name.');
  }
  return {
    ...values,
    checking: checkingOptions(values, profile),
    notices: noticePolicy(values),
    policy: { allowHttp: values.callbackAllowHttp ?? dev, allowPrivate: values.callbackAllowPrivate ?? dev },
    secrets: readSecrets(values.callbackSecrets ?? ''),
    apiKeys: readApiKeys(values.callbackApiKeys ?? ''),
    // Twice the document holds its base64 (4/3) and the escapes of JSON; what is denser than that is no invoice.
    bodyBytesMax: values.documentBytesMax * 2 + 65_536,
  };
}

function noticePolicy({ noticeSignatures, noticeTrust: path }: ReceiverSettings): NoticePolicy {
  const mode = noticeSignatureModes.find((word) => word === noticeSignatures) ?? 'off';
  if (mode === 'off') return { mode, trust: [] };
  if (path === undefined) {
    throw new HubError(
      'SETTING_WRONG',
      `NOTICE_SIGNATURES=${mode} needs NOTICE_TRUST: without it nobody counts as SdI.`,
    );
  }
  const trust = readTrustAnchors('NOTICE_TRUST', path);
  const { unreadable } = readCertificates(trust);
  if (unreadable > 0) {
    throw new HubError('SETTING_WRONG', `NOTICE_TRUST=${path}: ${unreadable} of its certificates cannot be read.`);
  }
  return { mode, trust };
}

function readApiKeys(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair, index) => {
      const at = pair.indexOf('=');
      const key = pair.slice(at + 1).trim();
      if (at < 1 || !/^[\x21-\x7e]+$/.test(key)) {
        throw new HubError('SETTING_WRONG', `CALLBACK_API_KEYS: entry ${index + 1} is no host=key.`);
      }
      return [pair.slice(0, at).trim().toLowerCase(), key] as const;
    }),
  );
}
