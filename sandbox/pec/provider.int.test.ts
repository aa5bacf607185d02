// The sandbox as a PEC provider, seen by who sends and reads mails: what it writes is what the hub understands, and comes once.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openPkcs12 } from '@staffetta/fatturapa/signature/pkcs12.ts';
import { understandMail } from '@staffetta/fatturapa/mail/understand-mail.ts';
import { systemClock } from '@staffetta/platform/clock.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { startDovecot } from '@staffetta/tools/servers/dovecot.ts';
import { startGreenmail } from '@staffetta/tools/servers/greenmail.ts';
import { createMatchRules } from '../match-rules.ts';
import { noLog } from '../sandbox-log.ts';
import type { ArrivedFile } from '../sdi/sdi-mail.ts';
import { documentWith } from '../sdi/sdi.fixture.ts';
import { sampleMail, sendMail } from '../smtp-client.fixture.ts';
import { openDelivery } from './deliver-mails.ts';
import { imapClient, imapWay } from './imap-way.ts';
import { openMailBoxes } from './mail-boxes.ts';
import { kinds, PecSandboxes, sender, tellPec, understood, until } from './pec.fixture.ts';
import type { PecSandbox } from './pec.fixture.ts';
import type { PecRule } from './pec-outcomes.ts';
import { openProviderKey, providerAddress } from './provider-key.ts';
import { sdiPost, startProvider } from './provider.ts';
import { smtpWay } from './smtp-way.ts';

const sandboxes = new PecSandboxes();
after(() => sandboxes.end());

const sdi48 = 'sdi48@pec.fatturapa.it';
const invoice = documentWith('goods');
const invoiceMail = (fileName: string, content = invoice): Buffer => sampleMail({ fileName, content });

/** Sends a file to SdI. */
async function send(sandbox: PecSandbox, fileName: string, to?: string): Promise<void> {
  assert.match(await sendMail(sandbox.smtpPort, invoiceMail(fileName), to), /^250/);
}

/** Waits for so many mails in the sender's mailbox. */
function arrived(sandbox: PecSandbox, count: number): ReturnType<typeof understood> {
  return until(
    () => understood(sandbox),
    (mails) => mails.length >= count,
  );
}

test("a mail to SdI brings its sender acceptance, delivery, and SdI's answer from the mailbox to use from then on", async () => {
  const sandbox = await sandboxes.start();
  await send(sandbox, 'IT01234567890_00001.xml');
  const mails = await arrived(sandbox, 3);
  assert.deepEqual(kinds(mails).slice(0, 2), ['accettazione', 'avvenuta-consegna']);
  const [acceptance, delivery, answer] = mails;
  assert.ok(acceptance?.kind === 'receipt' && delivery?.kind === 'receipt' && answer?.kind === 'sdi');
  for (const receipt of [acceptance, delivery]) {
    assert.equal(receipt.ofMessageId, '<IT01234567890_00001.xml@pec.example.it>');
    assert.equal(receipt.subject, 'IT01234567890_00001.xml');
    assert.equal(receipt.daticert?.sender, sender);
    assert.equal(receipt.error, undefined);
  }
  assert.equal(delivery.recipient, 'sdi01@pec.fatturapa.it');
  assert.deepEqual([answer.sender, answer.sdiAddress], [sdi48, sdi48]);
  assert.equal(answer.notices.length, 1);
  assert.deepEqual(answer.findings, []);
});

test('the receipt of delivery repeats as much of the mail as its sender asked for', async () => {
  const sandbox = await sandboxes.start();
  const sizes: number[] = [];
  for (const [at, type] of ['completa', 'breve', 'sintetica'].entries()) {
    const fileName = `IT01234567890_0000${at}.xml`;
    const mail = invoiceMail(fileName).toString('latin1').replace('\r\n', `\r\nX-TipoRicevuta: ${type}\r\n`);
    await sendMail(sandbox.smtpPort, Buffer.from(mail, 'latin1'));
    const uid =
      1 + (await arrived(sandbox, (at + 1) * 3)).findLastIndex((one) => kinds([one])[0] === 'avvenuta-consegna');
    const raw = await (await fetch(`${sandbox.url}/mailboxes/${encodeURIComponent(sender)}/${uid}/raw`)).text();
    sizes.push(raw.length);
    assert.equal(/postacert\.eml/.test(raw), type !== 'sintetica');
    assert.equal(raw.includes(`filename="${fileName}.hash"`), type === 'breve');
    assert.equal(raw.includes(`filename="${fileName}"`), type === 'completa');
  }
  assert.ok((sizes[0] ?? 0) > (sizes[1] ?? 0) && (sizes[1] ?? 0) > (sizes[2] ?? 0));
});

test("the provider's signature holds for its own certificate and its own mailbox", async () => {
  const sandbox = await sandboxes.start();
  await send(sandbox, 'IT01234567890_00001.xml');
  await arrived(sandbox, 3);
  const key = openPkcs12(await readFile(join(sandbox.dir, 'pec', 'gestore-pec-di-prova.p12')), 'sandbox');
  const folder = join(sandbox.dir, 'mailboxes', sender);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
  assert.equal(names.length, 3);
  for (const name of names) {
    const verify = { trust: [key.certificate], at: new Date(), mode: 'require' } as const;
    const mail = understandMail(await readFile(join(folder, name)), { verify });
    assert.equal('signatureVerified' in mail && mail.signatureVerified, true, name);
  }
});

const outcomes: readonly (readonly [outcome: string, expected: readonly string[], reachesSdi: boolean])[] = [
  ['non-accettazione', ['non-accettazione'], false],
  ['errore-consegna', ['accettazione', 'errore-consegna'], false],
  ['virus', ['accettazione', 'rilevazione-virus'], false],
  ['no-consegna', ['accettazione', 'RC'], true],
  ['twice', ['accettazione', 'accettazione', 'avvenuta-consegna', 'avvenuta-consegna', 'RC'], true],
];
for (const [outcome, expected, reachesSdi] of outcomes) {
  test(`a mail can be made to fare otherwise: ${outcome}`, async () => {
    const sandbox = await sandboxes.start();
    assert.equal(await tellPec(sandbox, { match: '_00001', outcome, times: 1 }), 200);
    await send(sandbox, 'IT01234567890_00001.xml');
    const mails = await arrived(sandbox, expected.length);
    assert.deepEqual(
      kinds(mails).map((kind) => (/^(?:RC|MC|NS)$/.test(kind) ? 'RC' : kind)),
      expected,
    );
    const files = (await (await fetch(`${sandbox.url}/sdi/files`)).json()) as { totalElements: number };
    assert.equal(files.totalElements, reachesSdi ? 1 : 0);
    const bad = mails.filter((mail) => mail.kind === 'receipt' && mail.error !== undefined);
    assert.equal(bad.length, reachesSdi ? 0 : 1);
    // The rule is used up.
    await send(sandbox, 'IT01234567890_00001b.xml');
    await arrived(sandbox, expected.length + 2);
  });
}

test('a warning comes after twelve hours of the clock and the error after twenty-four', async () => {
  const sandbox = await sandboxes.start();
  await tellPec(sandbox, { outcome: 'preavviso' });
  await send(sandbox, 'IT01234567890_00001.xml');
  assert.deepEqual(kinds(await arrived(sandbox, 1)), ['accettazione']);
  sandbox.clock.turn(12 * 3_600_000);
  assert.deepEqual(kinds(await arrived(sandbox, 2)).slice(1), ['preavviso-errore-consegna']);
  sandbox.clock.turn(12 * 3_600_000);
  assert.deepEqual(kinds(await arrived(sandbox, 3)).slice(2), ['errore-consegna']);
});

test('receipts that are late come after the notice, also when the sandbox was stopped meanwhile', async () => {
  const first = await sandboxes.start();
  await tellPec(first, { outcome: 'late', delayMs: 3_600_000 });
  await send(first, 'IT01234567890_00001.xml');
  assert.equal((await arrived(first, 1))[0]?.kind, 'sdi');
  await first.stop();
  const second = await sandboxes.start({ dir: first.dir });
  second.clock.turn(3_600_000);
  assert.deepEqual(kinds(await arrived(second, 3)).slice(1), ['accettazione', 'avvenuta-consegna']);
});

test('a mail that met silence brings nothing', async () => {
  const sandbox = await sandboxes.start();
  await tellPec(sandbox, { match: '_00001', outcome: 'silence' });
  await send(sandbox, 'IT01234567890_00001.xml');
  await send(sandbox, 'IT01234567890_00002.xml');
  const mails = await arrived(sandbox, 3);
  assert.ok(mails.every((mail) => !JSON.stringify(mail).includes('_00001')));
});

test('a mail that was kept while the connection died gets its receipts all the same', async () => {
  const sandbox = await sandboxes.start();
  await tellPec(sandbox, { cut: true, keep: true, times: 1 }, '/smtp-behaviour');
  assert.equal(await sendMail(sandbox.smtpPort, invoiceMail('IT01234567890_00001.xml')), 'cut');
  assert.deepEqual(kinds(await arrived(sandbox, 2)).slice(0, 2), ['accettazione', 'avvenuta-consegna']);
});

test('a full mailbox keeps receipts and answers waiting, and they come once there is room', async () => {
  const sandbox = await sandboxes.start();
  await send(sandbox, 'IT01234567890_00001.xml');
  const before = (await arrived(sandbox, 3)).length;
  await tellPec(sandbox, { address: sender, full: true }, '/imap-behaviour');
  await send(sandbox, 'IT01234567890_00002.xml');
  await until(
    () => readdir(join(sandbox.dir, 'pec', 'out')),
    (names) => names.length >= 3,
  );
  assert.equal((await understood(sandbox)).length, before);
  await tellPec(sandbox, { address: sender, full: false }, '/imap-behaviour');
  assert.equal((await arrived(sandbox, before + 3)).length, before + 3);
});

test("where SdI's own mailbox is full, the delivery fails", async () => {
  const sandbox = await sandboxes.start();
  await tellPec(sandbox, { address: 'sdi01@pec.fatturapa.it', full: true }, '/imap-behaviour');
  await send(sandbox, 'IT01234567890_00001.xml');
  assert.deepEqual(kinds(await arrived(sandbox, 2)), ['accettazione', 'errore-consegna']);
});

test('a mail whose sender can have no mailbox ends here, and nothing is tried for it again and again', async () => {
  const sandbox = await sandboxes.start();
  const [mail, sdi] = [invoiceMail('IT01234567890_00001.xml'), 'sdi01@pec.fatturapa.it'];
  for (const from of ['', 'a%/b@x.example', `a@${'x'.repeat(200)}.example`]) {
    assert.match(await sendMail(sandbox.smtpPort, mail, sdi, from), /^250/, from);
  }
  await send(sandbox, 'IT01234567890_00002.xml');
  await arrived(sandbox, 3);
  const inHand = (): Promise<string[]> => readdir(join(sandbox.dir, 'pec', 'in-hand'));
  await until(inHand, (names) => names.length === 0);
});

test('a mail to somebody with a mailbox goes there as it is, and to nobody at SdI', async () => {
  const sandbox = await sandboxes.start();
  await send(sandbox, 'IT01234567890_00001.xml', 'fatture@staffetta.example');
  const mails = await until(
    () => understood(sandbox, 'fatture@staffetta.example'),
    (all) => all.length > 0,
  );
  assert.deepEqual(kinds(mails), ['other']);
  assert.deepEqual(await understood(sandbox), []);
});

test('without provider and SdI mails only end here', async () => {
  const sandbox = await sandboxes.start({ pec: undefined });
  await send(sandbox, 'IT01234567890_00001.xml');
  assert.deepEqual(await understood(sandbox), []);
  assert.equal((await fetch(`${sandbox.url}/sdi/files`)).status, 404);
});

test('a behaviour of mailboxes or provider that makes no sense is 400', async () => {
  const sandbox = await sandboxes.start();
  for (const body of [{}, { outcome: 'other' }, { outcome: 'late', match: '(' }, { outcome: 'late', times: -1 }]) {
    assert.equal(await tellPec(sandbox, body), 400, JSON.stringify(body));
  }
  for (const body of [{}, { full: true }, { newUidValidity: true, address: 'nobody' }, { other: 1 }]) {
    assert.equal(await tellPec(sandbox, body, '/imap-behaviour'), 400, JSON.stringify(body));
  }
});

test('the page lists mailboxes and their mails', async () => {
  const sandbox = await sandboxes.start();
  await send(sandbox, 'IT01234567890_00001.xml');
  await arrived(sandbox, 3);
  const page = await (await fetch(`${sandbox.url}/?mailbox=${encodeURIComponent(sender)}`)).text();
  assert.match(page, /Mailboxes \(2\)/);
  assert.match(page, /ACCETTAZIONE: IT01234567890_00001\.xml/);
  assert.match(page, /href="\/mailboxes\/hub%40pec\.example\.it\/1\/raw"/);
});

test('a provider that was killed between its steps does none of them twice', async () => {
  const { dir } = await sandboxes.start();
  const boxes = openMailBoxes(join(dir, 'killed-boxes'), { mailsMax: 100 });
  const rules = createMatchRules<PecRule>();
  const key = await openProviderKey(dir, new Date());
  const taken: ArrivedFile[] = [];
  const parts = { dir: join(dir, 'killed'), boxes, rules, key, clock: systemClock, log: noLog };
  const begin = async (sdi: { take(file: ArrivedFile): Promise<void> }) => {
    const delivery = await openDelivery({ ...parts, ways: [] });
    const provider = startProvider({ ...parts, delivery, sdi });
    return { provider, stop: () => provider.stop().then(() => delivery.stop()) };
  };
  // The receipts are out, SdI's mailbox is not reached: then the process ends.
  const first = await begin({ take: () => Promise.reject(new Error('killed')) });
  const mail = { id: 'm1', from: sender, to: ['sdi01@pec.fatturapa.it'], raw: invoiceMail('IT01234567890_00001.xml') };
  await first.provider.take(mail);
  await until(
    async () => boxes.find(sender)?.mails().length ?? 0,
    (count) => count === 2,
  );
  await first.stop();
  const second = await begin({ take: async (file) => void taken.push(file) });
  await until(
    () => readdir(join(dir, 'killed', 'in-hand')),
    (names) => names.length === 0,
  );
  await second.stop();
  assert.equal(boxes.open(sender).mails().length, 2);
  assert.deepEqual(
    taken.map(({ id, from, to, fileName }) => [id, from, to, fileName]),
    [['m1:0:0', sender, 'sdi01@pec.fatturapa.it', 'IT01234567890_00001.xml']],
  );
  assert.deepEqual(Buffer.from(taken[0]?.bytes ?? []), invoice);
});

test("SdI's mail of the same id comes once", async () => {
  const { dir } = await sandboxes.start();
  const boxes = openMailBoxes(join(dir, 'once-boxes'), { mailsMax: 100 });
  const key = await openProviderKey(dir, new Date());
  const delivery = await openDelivery({ dir: join(dir, 'once'), boxes, ways: [], clock: systemClock, log: noLog });
  const mail = { id: 'a', from: sdi48, to: sender, subject: 'Invio File 1', text: 'perché no', at: new Date() };
  const post = sdiPost(delivery, key);
  for (let times = 0; times < 2; times += 1) {
    await post.send({ ...mail, files: [{ name: 'IT01234567890_00001.xml', bytes: invoice }] });
  }
  await delivery.stop();
  assert.equal(boxes.open(sender).mails().length, 1);
  const read = understandMail((await boxes.open(sender).raw(1)) ?? Buffer.alloc(0));
  assert.ok(read.kind === 'sdi');
  assert.deepEqual([read.sdiId, read.text, read.subject], ['1', 'perché no', 'Invio File 1']);
  assert.deepEqual(Buffer.from(read.invoices[0]?.bytes ?? []), invoice);
});

test('on a real server the whole way is gone by SMTP and IMAP', { skip: servers.java.missing }, async () => {
  const mail = await startGreenmail();
  try {
    const login = (user: string): string => mail.imapUrl.replace('//', `//${encodeURIComponent(user)}:prova@`);
    const collectImap = ['sdi01@pec.fatturapa.it', sdi48].map(login);
    const pec = { deliverSmtp: mail.smtpUrl, deliverImap: [], collectImap, sdiDelayMs: 10 };
    const sandbox = await sandboxes.start({ pec });
    const way = smtpWay(mail.smtpUrl);
    const raw = invoiceMail('IT01234567890_00001.xml');
    await way.bring({ id: 'x', from: sender, to: 'sdi01@pec.fatturapa.it', raw, at: new Date() }, false);
    const reader = imapClient(login(sender));
    await reader.connect();
    const mails = await until(
      async () => {
        await reader.mailboxOpen('INBOX', { readOnly: true });
        const uids = (await reader.search({ all: true }, { uid: true })) || [];
        const all = [];
        for (const uid of uids) {
          const one = await reader.fetchOne(String(uid), { source: true }, { uid: true });
          if (one && one.source) all.push(understandMail(one.source));
        }
        return all;
      },
      (all) => all.length >= 3,
    );
    await reader.logout();
    assert.deepEqual(kinds(mails).slice(0, 2), ['accettazione', 'avvenuta-consegna']);
    assert.equal(mails[2]?.kind, 'sdi');
    await sandbox.stop();
  } finally {
    await mail.stop();
  }
});

test(
  'a mailbox on Dovecot is reached by APPEND, once also where an earlier try may have got there',
  { skip: servers.dovecot.missing },
  async () => {
    const server = await startDovecot();
    try {
      const login = server.imapUrl.replace('//', `//${encodeURIComponent(sender)}:${server.password}@`);
      const raw = sampleMail();
      for (let times = 0; times < 2; times += 1) {
        const way = imapWay(login);
        assert.ok(way.leadsTo(sender.toUpperCase()) && !way.leadsTo(providerAddress));
        await way.bring({ id: 'x', from: providerAddress, to: sender, raw, at: new Date() }, times > 0);
        await way.close();
      }
      const reader = imapClient(login);
      await reader.connect();
      assert.equal((await reader.mailboxOpen('INBOX')).exists, 1);
      await reader.logout();
    } finally {
      await server.stop();
    }
  },
);
