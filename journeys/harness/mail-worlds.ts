// journeys: mail servers that get into trouble when told: the sandbox's, and a Dovecot.
import { servers } from '@staffetta/tools/servers/available.ts';
import { startDovecot, type DovecotServer } from '@staffetta/tools/servers/dovecot.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Estate } from './estate.ts';
import { imapLogin, ownMailSetUp, pecAddress, startOnDovecot } from './pec-set-ups.ts';
import { openPostbox } from './postbox.ts';

/** An estate whose mail server gets into trouble, and out of it again. */
export interface MailWorld {
  readonly estate: Estate;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** The mailbox has another password than the hub's from now on. */
  changePassword(): Promise<void>;
  restorePassword(): Promise<void>;
  /** Nothing more goes into the mailbox. */
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
  /** All mails of the mailbox get other UIDs, under another UIDVALIDITY. */
  renumber(): Promise<void>;
}

/** How such an estate is started. */
export interface MailWorldSetUp {
  readonly name: string;
  readonly missing: false | string;
  start(settings: Readonly<Record<string, string>>): Promise<MailWorld>;
}

/** The sandbox is all mail servers. */
export const sandboxWorld: MailWorldSetUp = {
  name: 'default',
  missing: false,
  async start(settings) {
    const estate = await ownMailSetUp.start({ settings });
    const { sandbox } = estate;
    const address = pecAddress;
    const both = async (down: boolean): Promise<void> => {
      await sandbox.misbehaveSmtp({ down });
      await sandbox.misbehaveImap({ down });
    };
    return {
      estate,
      goAway: () => both(true),
      comeBack: () => both(false),
      changePassword: () => sandbox.misbehaveImap({ address, password: 'another' }),
      restorePassword: () => sandbox.behaveImap(),
      fill: () => sandbox.misbehaveImap({ address, full: true }),
      makeRoom: () => sandbox.misbehaveImap({ address, full: false }),
      renumber: () => sandbox.misbehaveImap({ address, newUidValidity: true }),
    };
  },
};

const quota = '3M';
const fillers = [2_800_000, 256_000, 128_000, 64_000, 32_000, 16_000, 8000, 4000, 2000];

/** The company's mailbox lies on a Dovecot; the sandbox brings its mails there. */
export const dovecotWorld: MailWorldSetUp = {
  name: 'Dovecot',
  missing: servers.dovecot.missing,
  async start(settings) {
    const mail = await startDovecot({ quota });
    const estate = await startOnDovecot(mail, { settings });
    let filled: readonly number[] = [];
    return {
      estate,
      goAway: () => mail.kill9(),
      comeBack: () => mail.restart(),
      async changePassword() {
        await mail.kill9();
        await mail.restart('another');
      },
      restorePassword: () => mail.restart(),
      async fill() {
        filled = await fillMailbox(mail);
      },
      async makeRoom() {
        const postbox = await openPostbox(imapLogin(mail.imapUrl, pecAddress, mail.password));
        await postbox.remove(filled);
        await postbox.close();
      },
      async renumber() {
        await mail.kill9();
        // Its UIDVALIDITY is the second in which it begins to count.
        await sleep(1100);
        await mail.renumber(pecAddress);
        await mail.restart();
      },
    };
  },
};

/** Puts mails into it, ever smaller ones, until none is taken any more. */
async function fillMailbox(mail: DovecotServer): Promise<number[]> {
  const postbox = await openPostbox(imapLogin(mail.imapUrl, pecAddress, mail.password));
  const uids: number[] = [];
  for (const size of fillers) {
    const bytes = Buffer.from(
      `From: a@b.example\r\nSubject: ${size}\r\n\r\n${'x'.repeat(70)}\r\n`.padEnd(size, 'ciao\r\n'),
    );
    for (let uid = await postbox.put(bytes); uid !== undefined; uid = await postbox.put(bytes)) uids.push(uid);
  }
  await postbox.close();
  return uids;
}
