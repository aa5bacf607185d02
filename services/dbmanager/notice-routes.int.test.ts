// dbmanager: SdI's notices over real HTTP: with the invoice in words, as they came, and those for nobody in a list.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { optionsOf, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { incoming } from './events.fixture.ts';
import { answered, delivered, discarded, noticeEvent } from './notices.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeNotices } from './on-sdi-notice.ts';

let world: TestWorld;
let running: Running;
before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, {}).values);
});
after(async () => {
  await running.stop();
  await world.end();
});

const signal = new AbortController().signal;

function get(path: string, caller?: Caller): Promise<Response> {
  const headers = caller && { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
  return fetch(`http://127.0.0.1:${running.port}/api/${path}`, { headers: headers ?? {} });
}

async function json<T>(path: string): Promise<T> {
  return (await (await get(path)).json()) as T;
}

async function stored() {
  const event = incoming();
  await takeInvoices(world, optionsOf())([event], signal);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === event.key);
  return { number: Number(outgoing!.value['invoiceNumber']), ...transmissionIn(outgoing) };
}

const take = (...files: [Uint8Array, string][]) =>
  takeNotices(world, optionsOf())(
    files.map(([bytes, fileName]) => noticeEvent(bytes, { fileName })),
    signal,
  );

interface Shown {
  readonly noticeId: string;
  readonly kind: string;
  readonly sdiId: string;
  readonly doubt?: string;
  readonly signature?: string;
  readonly signatureWords?: { readonly it: string };
  readonly transmissionId: string | null;
  readonly words: { readonly it: string[]; readonly en: string[] };
}

test('an invoice shows its notices in words of both languages, and gives their exact bytes to those who may see it', async () => {
  const { number, fileName, transmissionId } = await stored();
  const which = { fileName, sdiId: '501' };
  const bytes = writeNotice(delivered(which));
  await take(
    [bytes, 'IT01_RC_001.xml'],
    [writeNotice(answered({ ...which, messageId: '2' }, 'EC02')), 'IT01_NE_001.xml'],
  );
  const { notices } = await json<{ notices: Shown[] }>(`invoices/${number}`);
  assert.deepEqual(
    notices.map(({ kind, sdiId, transmissionId: about }) => [kind, sdiId, about]),
    [
      ['RC', '501', transmissionId],
      ['NE', '501', transmissionId],
    ],
  );
  assert.match(notices[0]!.words.it.join('\n'), /Consegnat/);
  assert.match(notices[1]!.words.en.join('\n'), /refused/);
  const path = `invoices/${number}/notices/${notices[0]!.noticeId}`;
  const answer = await get(path);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
  assert.match(answer.headers.get('content-disposition') ?? '', /IT01_RC_001\.xml/);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/xml/);
  assert.equal((await get(path, { name: 'other', roles: ['CUSTOMER'], customerId: 3 })).status, 404);
  const other = await stored();
  assert.equal((await get(`invoices/${other.number}/notices/${notices[0]!.noticeId}`)).status, 404);
});

test('what became of SdI’s signature at the door is kept, and told with the notice and in the trail', async () => {
  const { number, fileName } = await stored();
  const bytes = writeNotice(discarded({ fileName, sdiId: '9090', messageId: '9090' }, ['00423']));
  await takeNotices(world, optionsOf())([noticeEvent(bytes, { signature: 'absent' })], signal);
  interface Story {
    readonly notices: readonly Shown[];
    readonly trail: readonly { readonly details: readonly { readonly it: string }[] }[];
  }
  const { notices, trail } = await json<Story>(`invoices/${number}`);
  assert.equal(notices[0]?.signature, 'absent');
  const words = notices[0]?.signatureWords?.it ?? '';
  assert.match(words, /^Senza la firma di SdI/);
  assert.ok(trail.some(({ details }) => details.some(({ it }) => it === words)));
});

test('the page of an invoice tells what SdI said', async () => {
  const { number, fileName } = await stored();
  await take([writeNotice(discarded({ fileName, sdiId: '502' }, ['00311'])), 'a.xml']);
  const page = await (await get(`invoices/${number}/html`)).text();
  assert.match(page, /Notifica di scarto \(NS\)/);
  assert.match(page, /testo di 00311/);
});

test('notices for nobody are listed, for the platform alone', async () => {
  await take([writeNotice(delivered({ fileName: 'IT01234567897_nobdy.xml', sdiId: '503' })), 'x.xml']);
  const { content, totalElements } = await json<{ content: Shown[]; totalElements: number }>('notices?state=unmatched');
  assert.deepEqual([content[0]?.sdiId, content[0]?.doubt, content[0]?.transmissionId], ['503', 'NO_SUCH_FILE', null]);
  assert.equal(totalElements, 1);
  assert.equal((await get('notices?state=unmatched', { name: 'c', roles: ['CUSTOMER'], customerId: 2 })).status, 403);
  assert.equal((await get('notices?state=any')).status, 400);
});
