// journeys: whatever goes through the hub, well or badly, at the most talkative level: no log, figure, page or error tells a document,
// a tax number, a mail address or a secret; and each line about a story names the story.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { services, serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import { createPostgresBus } from '@staffetta/platform/bus/postgres/postgres-bus.ts';
import { openStore } from '@staffetta/platform/store/store.ts';
import { request } from 'undici';
import type { Answer } from './harness/client.ts';
import type { Estate } from './harness/estate.ts';
import { invoiceXml } from './harness/invoices.ts';
import { openPostbox } from './harness/postbox.ts';
import { shownMails } from './harness/pec-reader.ts';
import { defaultSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

/** What must be nowhere, by what it is. Numbers and codes are right ones, of nobody. */
const planted = {
  'text of a document': 'Marcatore-Zeta di Testo',
  "a supplier's VAT number": '13579246805',
  "a customer's VAT number": '24680135795',
  'a codice fiscale': 'MRKGTN84C56F839K',
  'a mail address': 'gaetana.marker@posta.example',
  'an API key': 'marker-api-key-4711',
  'a key that is refused': 'marker-wrong-key-0815',
  "a callback's API key": 'marker-callback-key-77',
  "a callback's secret": 'whsec_bWFya2VyLW1hcmtlci1tYXJrZXItbWFya2Vy',
  "a secret in a callback's address": 'marker-in-the-query-9',
  "a callback's login": 'marker-callback-login-3',
  'an IMAP password': 'marker-imap-password-5',
  'an SMTP password': 'marker-smtp-password-6',
  'a password of the configuration server': 'marker-config-password-8',
  'a password of a customer': 'marker-customer-password-1',
  'a bearer token': 'marker-bearer-token-abcdef',
} as const;

const deadUrl = `smtp://127.0.0.1:1`;
const settings = {
  LOG_LEVEL: 'debug',
  STAFFETTA_API_KEYS: `marker-shop:${planted['an API key']}:CUSTOMER:2`,
  CALLBACK_API_KEYS: `127.0.0.1=${planted["a callback's API key"]}`,
  CALLBACK_SECRETS: planted["a callback's secret"],
  CONFIG_URL: `http://marker:${planted['a password of the configuration server']}@127.0.0.1:1`,
  PEC_MAILBOXES: JSON.stringify([
    {
      address: 'zweite@pec.example',
      smtpUrl: deadUrl.replace('//', `//u:${planted['an SMTP password']}@`),
      imapUrl: `imap://u:${planted['an IMAP password']}@127.0.0.1:1`,
    },
  ]),
};

const story = 'told-by-its-id-1';

function document(): string {
  return invoiceXml({
    supplier: `IT${planted["a supplier's VAT number"]}`,
    customer: `IT${planted["a customer's VAT number"]}`,
    transmitter: planted['a codice fiscale'],
    reasons: [`${planted['text of a document']} ${planted['a mail address']}`],
  });
}

function mail(): Buffer {
  const lines = [
    `From: ${planted['a mail address']}`,
    'To: fatture@staffetta.example',
    `Subject: ${planted['text of a document']} IT${planted["a supplier's VAT number"]}_00001.xml`,
    '',
    document(),
  ];
  return Buffer.from(lines.join('\r\n'));
}

async function goodRequests({ client }: Estate, callback: string): Promise<void> {
  const key = planted['an API key'];
  await client.post({ document: document(), callback, key, correlationId: story });
  await client.post({
    document: document(),
    raw: true,
    correlationId: story,
    fileName: `IT${planted["a supplier's VAT number"]}_A.xml`,
  });
  const profile = { vatNumber: `IT${planted["a supplier's VAT number"]}`, taxCode: planted['a codice fiscale'] };
  await client.ask('dbmanager', jsonAsk('PUT', '/api/customers/2/profile', profile));
}

function jsonAsk(method: 'POST' | 'PUT', path: string, body: unknown) {
  return {
    method,
    path,
    headers: { 'content-type': 'application/json', 'x-correlation-id': story },
    body: JSON.stringify(body),
  };
}

/** What is refused or fails, each answered with an error. */
async function badRequests({ client }: Estate): Promise<Answer[]> {
  const xml = { 'content-type': 'application/xml' };
  const customer = {
    username: 'marker',
    email: planted['a mail address'],
    customerType: 'ARUBA',
    password: planted['a password of a customer'],
  };
  const internal = '/api/salvaFatturaInterna';
  return [
    await client.ask('dbmanager', jsonAsk('POST', '/api/customers', customer)),
    await client.ask('dbmanager', jsonAsk('POST', '/api/customers', customer)),
    await client.ask(
      'dbmanager',
      jsonAsk('POST', '/api/customers', { ...customer, customerType: planted['a mail address'] }),
    ),
    await client.post({ document: document().slice(0, 900), correlationId: story }),
    await client.post({ document: document(), key: planted['a key that is refused'], correlationId: story }),
    await client.post({
      document: document(),
      callback: `nonsense:${planted["a callback's login"]}`,
      correlationId: story,
    }),
    await client.post({ document: document(), customerId: 3, key: planted['an API key'], correlationId: story }),
    await client.ask('receiver', {
      method: 'POST',
      path: internal,
      headers: xml,
      body: `<!DOCTYPE a>${document()}`,
      direct: true,
    }),
    await client.ask('receiver', { method: 'POST', path: internal, headers: xml, body: document(), direct: true }),
    await client.ask(
      'receiver',
      jsonAsk('POST', internal, { invoice: document(), customer: { customerId: planted['a codice fiscale'] } }),
    ),
    await client.ask('receiver', {
      method: 'POST',
      path: internal,
      headers: { 'content-type': 'application/json' },
      body: `{"invoice": ${planted['text of a document']} ${planted["a supplier's VAT number"]}}`,
    }),
    await client.ask('dbmanager', {
      path: '/api/customers/2',
      key: null,
      headers: { authorization: `Bearer ${planted['a bearer token']}` },
    }),
    await client.bringNotice(Buffer.from(document()), `IT${planted["a supplier's VAT number"]}_00001_NS_001.xml`),
    await client.bringNotice(Buffer.from(`<nothing>${planted['text of a document']}</nothing>`), 'what.xml'),
  ];
}

/** What is no message at all, and what no table can keep. */
async function badEvents(estate: Estate): Promise<void> {
  const store = openStore(await estate.databaseUrl(), { name: 'journey' });
  const bus = await createPostgresBus(store, { name: 'journey' });
  const headers = { 'X-Correlation-ID': story, 'x-event-id': 'e-1', schemaVersion: '1' };
  const key = planted['a mail address'];
  const broken = Buffer.from(`{"command": ${planted['text of a document']} ${planted['a codice fiscale']}`);
  await bus.publish(
    ['customerCommand', 'incomingInvoice', 'sentInvoice', 'outgoingInvoice', 'unsignedInvoice'].map((topic) => {
      return { topic, key, value: broken, headers: { ...headers, 'x-event-id': `e-${topic}` } };
    }),
  );
  await until(
    'they are dead letters',
    () => estate.client.deadLetters({ correlationId: story }),
    (found) => found.length >= 5,
  );
  await bus.close();
  await store.close();
}

const pages = ['', '/health', '/info', '/prometheus', '/metrics', '/env', '/loggers', '/metrics/http.server.requests'];

async function actuatorPages({ client }: Estate): Promise<string[]> {
  const all = serviceNames.flatMap((service: ServiceName) => pages.map((page) => ({ service, page })));
  return Promise.all(
    all.map(async ({ service, page }) => {
      const { text } = await client.ask(service, { path: `/actuator${page}`, direct: true });
      return `${services[service].folder}${page}: ${text}`;
    }),
  );
}

async function everythingWritten({ folder }: Estate): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.(out|log)$/.test(name));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

function assertUntold(where: string, texts: readonly string[]): void {
  for (const [what, value] of Object.entries(planted)) {
    const forms = [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '')];
    for (const form of forms) {
      const found = texts.find((text) => text.includes(form));
      const at = found?.indexOf(form) ?? 0;
      assert.equal(found?.slice(Math.max(0, at - 300), at + 100), undefined, `${where} told ${what}`);
    }
  }
}

tellOn([defaultSetUp], { mail: 'sandbox', settings }, (estate) => {
  const answers: Answer[] = [];
  let lines: readonly Record<string, unknown>[] = [];

  before(async () => {
    const { client, sandbox } = estate();
    const query = `?token=${planted["a secret in a callback's address"]}`;
    await sandbox.misbehaveCallbacks({ path: '*', status: 500 });
    await goodRequests(estate(), sandbox.callbackUrl('untold') + query);
    await client.post({
      document: document(),
      callback: `http://u:${planted["a callback's login"]}@127.0.0.1:1/${query}`,
      correlationId: story,
    });
    answers.push(...(await badRequests(estate())));
    await badEvents(estate());
    const postbox = await openPostbox(estate().mailboxUrl);
    await postbox.put(mail());
    await postbox.close();
    await until(
      'the mail is done',
      () => shownMails(client),
      (mails) => mails.some(({ state }) => state !== 'stored'),
    );
    await until(
      'callbacks were given up',
      () => client.deadLetters({ topic: 'savedInvoice.DLT' }),
      (found) => found.length >= 2,
    );
    await estate().killPostgres();
    answers.push(await client.post({ document: document(), correlationId: `${story}-dark` }));
    answers.push(
      await client.ask('dbmanager', { path: '/api/customers/2', headers: { 'x-correlation-id': `${story}-dark` } }),
    );
    await until(
      'the database is back',
      () => client.ask('dbmanager', { path: '/api/customers/2' }),
      ({ status }) => status === 200,
    );
    lines = (await everythingWritten(estate()))
      .join('\n')
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  });

  test('the requests were as bad as they were meant to be', () => {
    const statuses = new Set(answers.map(({ status }) => status));
    for (const status of [400, 401, 403, 409])
      assert.ok(statuses.has(status), `nothing was answered ${status}: ${[...statuses].join(', ')}`);
    const said = new Set(lines.map(({ msg }) => msg));
    for (const word of [
      'invoice.accepted',
      'callback.attempted',
      'event.setAside',
      'mail.tried',
      'mail.understood',
      'mailbox.trouble',
    ]) {
      assert.ok(said.has(word), `no line said ${word}`);
    }
  });

  test('logs and output tell none of it', async () => {
    assertUntold('a log', await everythingWritten(estate()));
  });

  test('pages and figures tell none of it', async () => {
    assertUntold('a page', await actuatorPages(estate()));
  });

  test('answers to what was refused tell none of it', () => {
    const refused = answers.filter(({ status }) => status >= 400);
    assertUntold(
      'an answer',
      refused.map(({ text }) => text),
    );
  });

  test('what stands in the metrics is the route, not what was asked for', async () => {
    const { text } = await client404(estate());
    assert.doesNotMatch(text, /marker-path/);
  });

  test('each line about a request, an event, a mail or a callback names its story', () => {
    const ofStories = lines.filter(({ msg }) =>
      /^(invoice\.|request\.|notice\.|notification\.|event\.|callback\.|deadLetter\.|mail\.(tried|understood))/.test(
        String(msg),
      ),
    );
    assert.ok(ofStories.length > 10);
    const nameless = ofStories.filter(
      ({ correlationId, mailId }) => correlationId === undefined && mailId === undefined,
    );
    assert.deepEqual(nameless, []);
    const told = new Set(ofStories.filter(({ correlationId }) => correlationId === story).map(({ msg }) => msg));
    for (const word of ['invoice.accepted', 'callback.attempted', 'event.setAside', 'mail.tried', 'deadLetter.kept']) {
      assert.ok(told.has(word), `${word} does not name ${story}`);
    }
  });
});

async function client404({ client }: Estate): Promise<{ text: string }> {
  const address = client.addressOf('receiver');
  await (await request(`${address}/api/marker-path/1`)).body.dump();
  return client.ask('receiver', { path: '/actuator/prometheus', direct: true });
}
