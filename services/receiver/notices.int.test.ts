// receiver: SdI's own notices are taken as they come, in every wrapping, and refused with findings where they say nothing.
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { Folder, madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { signXades } from '@staffetta/fatturapa/signature/xades.ts';
import type { SdiNotice } from '@staffetta/flow/messages.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { signCaller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { zipOf } from './lot.fixture.ts';
import { receiver } from './receiver.ts';
import { eventually, header, quickSettings, recordFlow } from './receiver-test-kit.ts';

let world: TestWorld;
let running: Running;
let notices: ConsumedEvent[];

before(async () => {
  world = await testWorld();
  notices = await recordFlow(world, 'sdiNotice');
  running = await receiver.start(world, quickSettings());
});
after(async () => {
  await running.stop();
  await world.end();
});

const stem = 'IT01234567890_FPR01';
const notice = writeNotice({
  family: 'B2B',
  kind: 'RC',
  object: {
    IdentificativoSdI: '111',
    NomeFile: `${stem}.xml.p7m`,
    Hash: '',
    DataOraRicezione: '2026-11-25T10:00:00.000+01:00',
    DataOraConsegna: '2026-11-25T10:05:00.000+01:00',
    MessageId: '1',
  },
});
const invoice = Buffer.from('<?xml version="1.0"?><p:FatturaElettronica xmlns:p="x"/>');

function post(
  bytes: Buffer,
  type: string,
  id: string,
  query = '',
  headers: Record<string, string> = {},
  at: Running = running,
): Promise<Response> {
  return fetch(`http://127.0.0.1:${at.port}/api/notificaSdI${query}`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-correlation-id': id, ...headers },
    body: new Uint8Array(bytes),
  });
}

async function messageOf(id: string): Promise<{ event: ConsumedEvent; message: SdiNotice }> {
  const find = () => notices.find((one) => header(one, 'X-Correlation-ID') === id);
  await eventually('it is in the log', () => find() !== undefined);
  const event = find()!;
  return { event, message: JSON.parse(event.value.toString()) as SdiNotice };
}

test('a notice is answered 202 once it is in the log with its exact bytes, under the name of its file', async () => {
  for (const type of ['application/xml', 'text/xml; charset=utf-8', 'application/octet-stream']) {
    const id = `as-${type.replaceAll(/\W/g, '')}`;
    const answer = await post(notice, type, id, `?fileName=${stem}_RC_001.xml`);
    assert.equal(answer.status, 202, await answer.text());
    const { event, message } = await messageOf(id);
    assert.equal(event.key, stem.toLowerCase());
    assert.deepEqual(Buffer.from(message.file, 'base64'), notice);
    assert.deepEqual([message.fileName, message.source, message.createdBy], [`${stem}_RC_001.xml`, 'rest', 'direct']);
  }
});

test('when its mail was certified is believed of the mailbox alone, and what is no instant does not count', async () => {
  const query = `?fileName=a.xml&certifiedAt=${encodeURIComponent('2026-11-20T11:00:00+01:00')}`;
  const caller = { name: 'mailbox', roles: ['SDI' as const] };
  const signed = { 'x-staffetta-caller': signCaller(world.callerSecret, caller, world.clock.now()) };
  for (const [id, asked, headers, certifiedAt] of [
    ['cert-mailbox', query, signed, '2026-11-20T10:00:00.000Z'],
    ['cert-odd', '?certifiedAt=yesterday', signed, undefined],
    ['cert-other', query, {}, undefined],
  ] as const) {
    assert.equal((await post(notice, 'application/xml', id, asked, headers)).status, 202);
    assert.equal((await messageOf(id)).message.certifiedAt, certifiedAt, id);
  }
});

test('an archive is taken whole, with the invoice that lies beside the notice', async () => {
  const zip = zipOf({ [`${stem}_AT_001.xml`]: notice.toString(), [`${stem}.xml`]: invoice.toString() });
  assert.equal((await post(zip, 'application/zip', 'zip-1')).status, 202);
  const { message } = await messageOf('zip-1');
  assert.equal(readNotices(Buffer.from(message.file, 'base64')).notices.length, 1);
});

test('what is no notice is 400 with findings, and nothing of it is in the log', async () => {
  const broken = Buffer.from(notice.toString().replace(/<NomeFile>.*<\/NomeFile>/, ''));
  const zip = zipOf({ 'a.xml': notice.toString(), 'b.xml': broken.toString() });
  for (const [bytes, type, code] of [
    [invoice, 'application/xml', 'NOTICE_UNKNOWN'],
    [Buffer.from('<half'), 'text/xml', 'NOTICE_UNREADABLE'],
    [broken, 'application/xml', 'NOTICE_INCOMPLETE'],
    [Buffer.from('no signature'), 'application/pkcs7-mime', 'NOTICE_UNREADABLE'],
    [zip, 'application/zip', 'NOTICE_INCOMPLETE'],
    [Buffer.from([0, 1, 2]), 'application/octet-stream', undefined],
  ] as const) {
    const answer = await post(bytes, type, `bad-${type}`);
    const found = (await answer.json()) as { findings?: { code: string; fix?: unknown }[] };
    assert.equal(answer.status, 400, type);
    const codes = found.findings?.map((finding) => finding.code) ?? [];
    assert.ok(codes.length > 0 && (code === undefined || codes.includes(code)), `${type} ${codes.join(' ')}`);
  }
  assert.equal((await post(Buffer.alloc(0), 'application/xml', 'empty')).status, 400);
  assert.equal(
    notices.some((one) => header(one, 'X-Correlation-ID')?.startsWith('bad-')),
    false,
  );
});

test('an archive with anything in it that might be a notice and cannot be read is refused whole, by the name of that file', async () => {
  const other = notice.toString();
  const strange = {
    cut: other.slice(0, 60),
    encoding: '<?xml version="1.0" encoding="klingon"?><a/>',
    namespace: other.replaceAll('/messaggi/', '/altri/'),
    nested: zipOf({ 'RC.xml': other }),
    envelope: Buffer.from('308006092a864886f70d010702a0800000', 'hex'),
  };
  for (const [what, file] of Object.entries(strange)) {
    const bytes = zipOf({ 'a_RC_001.xml': notice, 'b_NS_001.xml': file });
    const answer = await post(bytes, 'application/zip', `lost-${what}`);
    const { findings = [] } = (await answer.json()) as { findings?: { file?: string; severity: string }[] };
    assert.equal(answer.status, 400, what);
    assert.ok(
      findings.some(({ file, severity }) => file === 'b_NS_001.xml' && severity === 'error'),
      what,
    );
  }
  assert.ok(!notices.some((one) => header(one, 'X-Correlation-ID')?.startsWith('lost-')));
});

test('NOTICE_SIGNATURES: what SdI did not sign is told on the event, or refused with its reasons', async () => {
  const sdi = madeKey('RSA', { commonName: 'Sistema di prova' });
  const folder = await Folder.make();
  const trust = { NOTICE_TRUST: await folder.write('sdi.pem', sdi.certificatePem) };
  const at = world.clock.now();
  const signed = await signXades(notice, sdi, { at });
  const strange = await signXades(notice, madeKey('RSA'), { at });
  const startWith = (mode: string) => receiver.start(world, quickSettings({ NOTICE_SIGNATURES: mode, ...trust }));
  const [warning, strict] = [await startWith('warn'), await startWith('require')];
  try {
    for (const [id, bytes, signature] of [
      ['own', signed, 'valid'],
      ['strange', strange, 'untrusted'],
      ['bare', notice, 'absent'],
    ] as const) {
      assert.equal((await post(bytes, 'application/xml', `warn-${id}`, '', {}, warning)).status, 202);
      assert.equal((await messageOf(`warn-${id}`)).message.signature, signature);
      const answer = await post(bytes, 'application/xml', `strict-${id}`, '', {}, strict);
      assert.equal(answer.status, id === 'own' ? 202 : 400, id);
      const { findings = [] } = (await answer.json()) as { findings?: { code: string }[] };
      assert.equal(findings.length > 0 && findings[0]!.code.startsWith('SIGNATURE_'), id !== 'own', id);
    }
    assert.ok(!notices.some((one) => /^strict-(?!own)/.test(header(one, 'X-Correlation-ID') ?? '')));
  } finally {
    await Promise.all([warning.stop(), strict.stop()]);
    await folder.remove();
  }
});

test('only SdI may bring notices', async () => {
  const caller = { name: 'u', roles: ['CUSTOMER' as const], customerId: 2 };
  const signed = { 'x-staffetta-caller': signCaller(world.callerSecret, caller, world.clock.now()) };
  assert.equal((await post(notice, 'application/xml', 'who', '', signed)).status, 403);
});
