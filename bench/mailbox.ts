// bench: mails that the mailbox service takes, understands and answers for per second, beside the raw limit of keeping their bytes. Store: a
// table of its own, for the raw insert; mailbox.mail, to see how far the service is.
import { services } from '@staffetta/flow/services.ts';
import { openStore, type Store } from '@staffetta/platform/store/store.ts';
import { openMailBoxes } from '@staffetta/sandbox/pec/mail-boxes.ts';
import { openProviderKey } from '@staffetta/sandbox/pec/provider-key.ts';
import { freePort, removeFolder } from '@staffetta/tools/servers/child.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mailsOfInvoice } from './mailbox-mails.ts';
import type { MailboxWorld } from './mailbox-world.ts';
import { askHelper, cpuSeconds, forkHelper, residentMib } from './processes.ts';

const address = 'fatture@staffetta.example';
const rowsAtOnce = 25;

async function makeMails(folder: string, invoices: number): Promise<Buffer[]> {
  const key = await openProviderKey(folder, new Date());
  const boxes = openMailBoxes(join(folder, 'boxes'), { mailsMax: 1_000_000 });
  const mails: Buffer[] = [];
  for (let seed = 1; seed <= invoices; seed++) mails.push(...(await mailsOfInvoice(seed, address, key)));
  for (const [index, mail] of mails.entries()) await boxes.append(address, mail, String(index));
  return mails;
}

async function rawInsert(mails: readonly Buffer[]): Promise<number> {
  const database = await freshDatabase();
  const store = openStore(database.url, { connectionsMax: 1 });
  await store.query({ text: 'CREATE TABLE raw (id bigint PRIMARY KEY, mail bytea NOT NULL)' });
  const places = Array.from({ length: rowsAtOnce }, (_, row) => `($${row * 2 + 1}, $${row * 2 + 2})`).join(', ');
  const count = Math.floor(mails.length / rowsAtOnce) * rowsAtOnce;
  const startedAt = performance.now();
  for (let from = 0; from < count; from += rowsAtOnce) {
    const values = mails.slice(from, from + rowsAtOnce).flatMap((mail, row) => [from + row, mail]);
    await store.query({ name: 'raw', text: `INSERT INTO raw VALUES ${places}`, values });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await store.close();
  await database.drop();
  return count / seconds;
}

interface Story {
  readonly done: number;
  readonly stored: number;
  readonly answered: number;
}

/** How many are done, and how long storing and all of it took, in seconds. */
async function storyOf(store: Store): Promise<Story> {
  const { rows } = await store.query<Story>({
    text: `SELECT count(*) FILTER (WHERE next_try_at IS NULL AND state = 'understood') AS done,
        extract(epoch FROM max(stored_at) - min(stored_at))::float8 AS stored,
        extract(epoch FROM max(updated_at) - min(stored_at))::float8 AS answered FROM mailbox.mail`,
  });
  return rows[0] ?? { done: 0, stored: 0, answered: 0 };
}

async function untilDone(store: Store, count: number): Promise<Story> {
  for (const end = performance.now() + 600_000; performance.now() < end; await sleep(200)) {
    // Before its first migration there is nothing to ask.
    const story = await storyOf(store).catch(() => undefined);
    if (story?.done === count) return story;
  }
  throw new Error('The mails were not all answered for within ten minutes.');
}

async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = (await freePort()) - services.mailbox.port;
    if (offset >= 0 && offset <= 50_000) return offset;
  }
}

function startService(database: string, world: MailboxWorld, offset: number): ReturnType<typeof spawn> {
  const receiver = `http://127.0.0.1:${world.http}`;
  const environment = {
    STAFFETTA_PORT_OFFSET: String(offset),
    STAFFETTA_HOST: '127.0.0.1',
    DATABASE_URL: database,
    RECEIVER_URL: receiver,
    DBMANAGER_URL: receiver,
    CONFIG_URL: 'off',
    EUREKA_URLS: 'off',
    PEC_ADDRESS: address,
    IMAP_URL: `imap://${encodeURIComponent(address)}:bench@127.0.0.1:${world.imap}`,
    LOG_LEVEL: 'error',
  };
  const main = fileURLToPath(new URL('../services/mailbox/main.ts', import.meta.url));
  return spawn(process.execPath, [main], { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 2] });
}

async function measureService(folder: string, count: number): Promise<Story & { cpu: number; memory: number }> {
  const { child } = await forkHelper('./mailbox-world.ts');
  const world = (await askHelper(child, join(folder, 'boxes'))) as MailboxWorld;
  const database = await freshDatabase();
  const store = openStore(database.url, { connectionsMax: 1 });
  const service = startService(database.url, world, await freeOffset());
  try {
    const story = await untilDone(store, count);
    const pid = service.pid ?? 0;
    return { ...story, cpu: cpuSeconds(pid), memory: residentMib(pid) };
  } finally {
    service.kill('SIGTERM');
    if (service.exitCode === null) await once(service, 'exit');
    child.disconnect();
    await store.close();
    await database.drop();
  }
}

const { values } = parseArgs({ options: { invoices: { type: 'string', default: '500' } } });
const folder = await mkdtemp(join(tmpdir(), 'staffetta-bench-'));
try {
  const mails = await makeMails(folder, Number(values.invoices));
  const kib = mails.reduce((sum, mail) => sum + mail.length, 0) / mails.length / 1024;
  const raw = await rawInsert(mails);
  const { stored, answered, cpu, memory } = await measureService(folder, mails.length);
  const rate = (seconds: number): string => {
    const perSecond = mails.length / seconds;
    return `${Math.round(perSecond)} (${(perSecond / raw).toFixed(2)})`;
  };
  console.log(`${mails.length} mails of ${kib.toFixed(1)} KiB on average; raw insert ${Math.round(raw)}/s\n`);
  console.log('| | mails/s (of raw insert) |\n| --- | --- |');
  console.log(`| stored | ${rate(stored)} |`);
  console.log(`| stored, understood and answered for | ${rate(answered)} |`);
  console.log(`\nCPU ${((cpu * 1000) / mails.length).toFixed(1)} ms a mail with the start, memory ${memory} MiB`);
} finally {
  await removeFolder(folder);
}
