// dbmanager: its settings, and what they mean under each profile.
import { HubError } from '@staffetta/flow/errors.ts';
import { signFormats } from '@staffetta/flow/messages.ts';
import {
  isFileNamePrefix,
  namesWithPrefix,
  parseTransmitter,
  type Transmitter,
} from '@staffetta/fatturapa/file-name.ts';
import {
  checkingOptions,
  checkingSettings,
  type CheckingOptions,
} from '@staffetta/platform/config/checking-settings.ts';
import { documentBytesMax } from '@staffetta/platform/config/document-bytes-max.ts';
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { signerSources } from '@staffetta/platform/config/signer-sources.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import { deadlineOptions, deadlineSettings, type DeadlineOptions } from './deadline-settings.ts';
import type { IssuerRule } from './issuer-rule.ts';
import type { SigningRule } from './needs-signature.ts';
import { showOptions, showSettings, type ShowOptions } from './show-settings.ts';

/** The dbmanager's settings' table. */
export const settings = defineSettings({
  validation: {
    env: 'VALIDATION',
    kind: 'text',
    default: 'document',
    choices: ['document', 'customer'],
    live: true,
    says: 'What is checked before an invoice is stored: `document` (customer and document) or `customer` (the customer alone).',
  },
  ...checkingSettings,
  duplicateCheck: {
    env: 'DUPLICATE_CHECK',
    kind: 'text',
    choices: ['off', 'warn', 'refuse'],
    live: true,
    says:
      'What happens to an internal invoice whose supplier, number and year (or exact bytes) were sent from here before (00404, 00002): ' +
      '`refuse` makes it INVALID, `warn` notes it and sends it, `off` does not look. By default `refuse` in production and `warn` in ' +
      'profile dev, where load tests send one document thousands of times.',
  },
  issuerCheck: {
    env: 'ISSUER_CHECK',
    kind: 'text',
    choices: ['off', 'warn', 'refuse'],
    live: true,
    says:
      'What happens to an internal invoice whose issuer is not who its customer is by the fiscal profile, nor an invoice that the ' +
      'customer writes as buyer (TD16 to TD20, TD28, TD29) or intermediary (SoggettoEmittente TZ): `refuse` makes it INVALID, `warn` ' +
      'notes it and sends it, `off` does not look. By default `off` in profile dev and under VALIDATION=customer; else `warn`, but an ' +
      'invoice in the name of another customer of this hub is refused.',
  },
  transmitterId: {
    env: 'TRANSMITTER_ID',
    kind: 'text',
    default: 'IT01234567890',
    says: 'Country and tax id that name the files to SdI where neither the customer nor its document names a transmitter. While it is this example, documents made of JSON are transmitted by their seller.',
  },
  fileNameStart: {
    env: 'FILE_NAME_START',
    kind: 'integer',
    default: 1,
    min: 1,
    max: 60_466_175,
    says: 'The least number of a file name; raise it where another program has used names of the same transmitter.',
  },
  fileNamePrefix: {
    env: 'FILE_NAME_PREFIX',
    kind: 'text',
    default: '',
    says: 'Up to four capital letters or digits in front of the number in file names, to stay apart from other programs.',
  },
  ...signerSources,
  signing: {
    env: 'SIGNING',
    kind: 'boolean',
    says: 'Whether a signer with a key runs; by default in profile dev, and where one of the places of its key is set here too.',
  },
  signFormat: {
    env: 'SIGN_FORMAT',
    kind: 'text',
    default: 'cades',
    choices: signFormats,
    says: 'How files are signed: `cades` (an envelope, .xml.p7m) or `xades` (inside the document, .xml).',
  },
  signPrivate: {
    env: 'SIGN_PRIVATE',
    kind: 'boolean',
    default: false,
    says: 'Whether invoices to private parties (FPR12, FSM10) are signed too; those to public bodies (FPA12) always are.',
  },
  seedCustomers: {
    env: 'SEED_CUSTOMERS',
    kind: 'boolean',
    says: "Whether a new store gets the contract's four customers; by default only in profile dev.",
  },
  documentBytesMax,
  pageSizeMax: {
    env: 'PAGE_SIZE_MAX',
    kind: 'integer',
    default: 200,
    min: 1,
    max: 2000,
    live: true,
    says: 'The most rows that a page of customers or invoices shows.',
  },
  pageBytesMax: {
    env: 'PAGE_BYTES_MAX',
    kind: 'bytes',
    default: 16_777_216,
    min: 0,
    live: true,
    says: 'How many bytes of documents a page of invoices carries; further rows come without their document.',
  },
  ...showSettings,
  ...deadlineSettings,
  batchMax: {
    env: 'DBMANAGER_BATCH_MAX',
    kind: 'integer',
    default: 200,
    min: 1,
    max: 1000,
    says: 'How many events are taken at once, in one transaction.',
  },
  tries: {
    env: 'DBMANAGER_TRIES',
    kind: 'integer',
    default: 5,
    min: 1,
    live: true,
    says: 'How often an event that fails is tried before it becomes a dead letter.',
  },
  retryDelaysMs: {
    env: 'DBMANAGER_RETRY_DELAYS',
    kind: 'durationsMs',
    // Running total: 0.2 s, 1.2 s, 6.2 s, 21.2 s.
    default: [200, 1000, 5000, 15_000],
    live: true,
    says: 'The waits between those tries; the last one repeats.',
  },
});

/** The dbmanager's settings as they were read. */
export type DbmanagerSettings = SettingsOf<typeof settings>;

/** The settings with what the profile and the texts in them mean. */
export interface DbmanagerOptions {
  readonly validation: 'document' | 'customer';
  readonly checking: CheckingOptions;
  readonly duplicateCheck: 'off' | 'warn' | 'refuse';
  readonly issuerCheck: IssuerRule;
  readonly transmitter: Transmitter;
  readonly fileNameStart: number;
  readonly fileNamePrefix: string;
  readonly signing: SigningRule;
  readonly seedCustomers: boolean;
  readonly pageSizeMax: number;
  readonly pageBytesMax: number;
  readonly showing: ShowOptions;
  readonly deadlines: DeadlineOptions;
  readonly documentBytesMax: number;
  /** Bytes of a request; leaves room for a document's escaping in JSON or its base64. */
  readonly bodyBytesMax: number;
}

function duplicateCheckOf(text: string | undefined, dev: boolean): DbmanagerOptions['duplicateCheck'] {
  if (text === 'off' || text === 'warn' || text === 'refuse') return text;
  return dev ? 'warn' : 'refuse';
}

function issuerRule({ issuerCheck, validation }: DbmanagerSettings, dev: boolean): IssuerRule {
  if (issuerCheck === 'off' || issuerCheck === 'warn' || issuerCheck === 'refuse') {
    return { stranger: issuerCheck, neighbour: issuerCheck };
  }
  // The trial profiles of dev are of firms that do not exist: nobody who tries a document of its own is them.
  const looks = !dev && validation === 'document';
  return looks ? { stranger: 'warn', neighbour: 'refuse' } : { stranger: 'off', neighbour: 'off' };
}

/** SdI's limit (00003), whatever we take ourselves. */
const sdiBytesMax = 5_242_880;

function signingRule(values: DbmanagerSettings, dev: boolean): SigningRule {
  const { pkcs12, pkcs11Module, remoteUrl } = values;
  const hasPlace = [pkcs12, pkcs11Module, remoteUrl].some((place) => place !== undefined);
  return {
    signs: values.signing ?? (dev || hasPlace),
    format: values.signFormat === 'xades' ? 'xades' : 'cades',
    private: values.signPrivate,
    refuses: values.validation === 'document',
    bytesMax: sdiBytesMax,
  };
}

/**
 * Resolves the settings that depend on the profile and reads the texts that have a form.
 * @param values as `readSettings` gave them
 * @param profile dev or production
 * @throws HubError SETTING_WRONG with the setting's environment name and what is expected
 */
export function dbmanagerOptions(values: DbmanagerSettings, profile: Profile): DbmanagerOptions {
  const dev = profile === 'dev';
  const transmitter = parseTransmitter(values.transmitterId);
  const { fileNamePrefix, fileNameStart } = values;
  if (!transmitter) {
    throw new HubError(
      'SETTING_WRONG',
      `TRANSMITTER_ID=${values.transmitterId} is no country and tax id, as IT01234567890.`,
    );
  }
  if (!isFileNamePrefix(fileNamePrefix)) {
    throw new HubError(
      'SETTING_WRONG',
      `FILE_NAME_PREFIX=${fileNamePrefix}: write up to four capital letters or digits.`,
    );
  }
  if (fileNameStart > namesWithPrefix(fileNamePrefix)) {
    throw new HubError(
      'SETTING_WRONG',
      `FILE_NAME_START=${fileNameStart} does not fit beside FILE_NAME_PREFIX=${fileNamePrefix}.`,
    );
  }
  return {
    validation: values.validation === 'customer' ? 'customer' : 'document',
    checking: checkingOptions(values, profile),
    duplicateCheck: duplicateCheckOf(values.duplicateCheck, dev),
    issuerCheck: issuerRule(values, dev),
    transmitter,
    fileNameStart,
    fileNamePrefix,
    signing: signingRule(values, dev),
    seedCustomers: values.seedCustomers ?? dev,
    pageSizeMax: values.pageSizeMax,
    pageBytesMax: values.pageBytesMax,
    showing: showOptions(values),
    deadlines: deadlineOptions(values),
    documentBytesMax: values.documentBytesMax,
    bodyBytesMax: values.documentBytesMax * 2 + 65_536,
  };
}
