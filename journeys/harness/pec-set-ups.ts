// journeys: the set-ups on which SdI answers: the sandbox's mailboxes, GreenMail, and Dovecot with the sandbox's SMTP.
import { servers } from '@staffetta/tools/servers/available.ts';
import { startDovecot, type DovecotServer } from '@staffetta/tools/servers/dovecot.ts';
import { startGreenmail } from '@staffetta/tools/servers/greenmail.ts';
import type { Estate } from './estate.ts';
import { defaultSetUp, realSetUp, splitOnPostgresSetUp, type SetUp, type Wishes } from './set-ups.ts';

/** The company's mailbox in profile dev. */
export const pecAddress = 'fatture@staffetta.example';

/** SdI's first address, and the one that it dedicates. */
export const sdiAddresses = { first: 'sdi01@pec.fatturapa.it', dedicated: 'sdi48@pec.fatturapa.it' } as const;

/** An IMAP address with its login. */
export function imapLogin(url: string, user: string, password: string): string {
  const login = new URL(url);
  login.username = encodeURIComponent(user);
  login.password = encodeURIComponent(password);
  return login.href;
}

/** What makes a whole life last seconds. */
const quick = {
  STAFFETTA_SANDBOX_SDI: 'true',
  SANDBOX_SDI_DELAY: '50ms',
  MAILBOX_POLL: '1s',
};

/** What `npm start` gives: the sandbox is provider, mailbox and SdI. */
export const ownMailSetUp: SetUp = {
  name: 'default',
  missing: false,
  start: (wishes) => defaultSetUp.start({ ...wishes, settings: { ...quick, ...wishes.settings } }),
};

/** Each service in a process of its own on one PostgreSQL, and the sandbox apart: it stays while they are killed. */
export const splitOwnMailSetUp: SetUp = {
  name: splitOnPostgresSetUp.name,
  missing: splitOnPostgresSetUp.missing,
  start: (wishes) => splitOnPostgresSetUp.start({ ...wishes, settings: { ...quick, ...wishes.settings } }),
};

/** Real Kafka, PostgreSQL and Redis; all mail goes through a GreenMail of its own. */
export const greenmailSetUp: SetUp = {
  name: 'GreenMail',
  missing: realSetUp.missing || servers.java.missing,
  async start(wishes) {
    const mail = await startGreenmail();
    const collect = Object.values(sdiAddresses).map((address) => imapLogin(mail.imapUrl, address, 'prova'));
    const settings = {
      ...quick,
      SMTP_URL: mail.smtpUrl,
      IMAP_URL: imapLogin(mail.imapUrl, pecAddress, 'prova'),
      SANDBOX_COLLECT_IMAP: collect.join(','),
      SANDBOX_DELIVER_SMTP: mail.smtpUrl,
      ...wishes.settings,
    };
    return realSetUp.start({ ...wishes, settings, alsoEnds: () => mail.stop() });
  },
};

/** The default set-up, but that the company's mailbox lies on a Dovecot of its own. */
export const dovecotSetUp: SetUp = {
  name: 'Dovecot',
  missing: servers.dovecot.missing,
  start: async (wishes) => startOnDovecot(await startDovecot(), wishes),
};

/**
 * Starts the default set-up with the company's mailbox on a Dovecot.
 * @param mail the Dovecot; it ends with the estate
 * @param wishes what the story wants besides
 */
export async function startOnDovecot(mail: DovecotServer, wishes: Wishes): Promise<Estate> {
  const mailbox = imapLogin(mail.imapUrl, pecAddress, mail.password);
  const settings = { ...quick, IMAP_URL: mailbox, SANDBOX_DELIVER_IMAP: mailbox, ...wishes.settings };
  return defaultSetUp.start({ ...wishes, settings, alsoEnds: () => mail.stop() });
}
