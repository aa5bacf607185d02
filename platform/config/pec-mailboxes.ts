// platform: the PEC mailboxes that the hub sends from and reads; the sender and the mailbox service must agree on them.
import { HubError } from '@staffetta/flow/errors.ts';
import { isMailAddress } from './mail-address.ts';
import { defineSettings } from './settings.ts';

/** The rows of a settings table that name the PEC mailboxes. */
export const pecMailboxes = defineSettings({
  pecAddress: {
    env: 'PEC_ADDRESS',
    kind: 'text',
    default: 'fatture@staffetta.example',
    says: 'The PEC mailbox by which the hub and SdI write to each other: it sends the files and gets the answers.',
  },
  imapUrl: {
    env: 'IMAP_URL',
    kind: 'secret',
    says:
      'Where that mailbox is read, imap://user:password@host:port or imaps://…; without it nothing is read, and what SdI answers ' +
      'must come by POST /receiver/api/notificaSdI. In profile dev the sandbox by default.',
  },
  sdiDomain: {
    env: 'SDI_DOMAIN',
    kind: 'text',
    default: 'pec.fatturapa.it',
    says: "The domain of SdI's mailboxes (sdi01@…); another one only for stand-ins.",
  },
  furtherMailboxes: {
    env: 'PEC_MAILBOXES',
    kind: 'secret',
    says:
      'Further PEC mailboxes, a JSON array of {"address": …, "smtpUrl": …, "imapUrl": …}: smtpUrl where files are sent from it, ' +
      'imapUrl where it is read.',
  },
});

/** A further mailbox. */
export interface PecMailbox {
  /** As it was written; addresses are compared in lower case. */
  readonly address: string;
  /** Where its files are sent; absent where it only reads. */
  readonly smtpUrl?: string;
  /** Where it is read; absent where it only sends. */
  readonly imapUrl?: string;
}

const urlForms = { smtpUrl: /^smtps?:\/\//i, imapUrl: /^imaps?:\/\//i } as const;
const known: readonly string[] = ['address', ...Object.keys(urlForms)];

/** The text holds passwords: nothing of it is repeated but addresses and names. */
function wrong(clause: string): HubError {
  return new HubError('SETTING_WRONG', `PEC_MAILBOXES=(secret): ${clause}. ${pecMailboxes.furtherMailboxes.says}`);
}

function parse(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('it is no JSON');
  }
  if (!Array.isArray(value)) throw wrong('it is no JSON array');
  return value;
}

function urlOf(entry: Readonly<Record<string, unknown>>, name: keyof typeof urlForms): string | undefined {
  const url = entry[name];
  if (url === undefined) return undefined;
  if (typeof url === 'string' && urlForms[name].test(url) && URL.canParse(url)) return url;
  throw wrong(`${name} of ${String(entry['address'])} is no ${name.slice(0, 4)}:// or ${name.slice(0, 4)}s:// URL`);
}

function readOne(value: unknown, index: number): PecMailbox {
  if (typeof value !== 'object' || value === null) throw wrong(`entry ${index + 1} is no object`);
  const entry = value as Readonly<Record<string, unknown>>;
  const { address } = entry;
  if (typeof address !== 'string' || !isMailAddress(address)) throw wrong(`entry ${index + 1} has no mail address`);
  const stranger = Object.keys(entry).find((name) => !known.includes(name));
  if (stranger !== undefined) throw wrong(`the entry of ${address} has a field that nobody reads`);
  const [smtpUrl, imapUrl] = [urlOf(entry, 'smtpUrl'), urlOf(entry, 'imapUrl')];
  if (smtpUrl === undefined && imapUrl === undefined) throw wrong(`${address} has neither smtpUrl nor imapUrl`);
  return { address, ...(smtpUrl !== undefined && { smtpUrl }), ...(imapUrl !== undefined && { imapUrl }) };
}

/**
 * Reads the further mailboxes.
 * @param text the setting; undefined or blank means none
 * @returns in the order of the setting, each address once
 * @throws HubError SETTING_WRONG that says which entry is wrong, without its passwords
 */
export function readPecMailboxes(text: string | undefined): readonly PecMailbox[] {
  if (text === undefined || text.trim() === '') return [];
  const mailboxes = parse(text).map(readOne);
  const seen = new Set<string>();
  for (const { address } of mailboxes) {
    if (seen.has(address.toLowerCase())) throw wrong(`${address} comes twice`);
    seen.add(address.toLowerCase());
  }
  return mailboxes;
}
