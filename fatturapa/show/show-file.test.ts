// fatturapa: a file's bytes become a page, a print, its document or an attachment; what cannot be shown says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { showFile, type ShowWish } from './show-file.ts';

const at = new Date('2026-11-22T09:00:00Z');
const attached = Buffer.from('%PDF-1.4 x').toString('base64');
const xml = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaBody><DatiGenerali>
<DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Data>2026-11-22</Data><Numero>1/A</Numero>
</DatiGeneraliDocumento></DatiGenerali><Allegati><NomeAttachment>a.pdf</NomeAttachment><Attachment>${attached}</Attachment>
</Allegati></FatturaElettronicaBody></p:FatturaElettronica>`);
const html: ShowWish = { form: 'html', lang: 'it', trail: {}, attachmentHref: ['attachments/', '?x=1'] };

async function shown(bytes: Uint8Array, wish: ShowWish, name = 'IT01234567890_00001.xml') {
  const answer = await showFile({ bytes, name, at, wish });
  assert.ok(answer.kind === 'shown', answer.kind);
  return answer;
}

test('a page links its attachments where it is told to, and is named after the document', async () => {
  const page = await shown(xml, html);
  assert.equal(page.type, 'text/html; charset=utf-8');
  assert.equal(page.name, 'Fattura n. 1_A del 22_11_2026.html');
  assert.match(Buffer.from(page.bytes).toString(), /href="attachments\/1\?x=1"/);
});

test('a print, the document itself and its attachment come out', async () => {
  assert.equal((await shown(xml, { form: 'pdf', lang: 'en', trail: {} })).type, 'application/pdf');
  const plain = await shown(xml, { form: 'xml', document: 1 }, 'IT01234567890_00001.xml.p7m');
  assert.deepEqual([Buffer.from(plain.bytes), plain.name], [xml, 'IT01234567890_00001.xml']);
  const attachment = await shown(xml, { form: 'attachment', index: 1 });
  assert.deepEqual(
    [attachment.name, attachment.type, Buffer.from(attachment.bytes).toString()],
    ['a.pdf', 'application/pdf', '%PDF-1.4 x'],
  );
});

test('documents of an archive are told apart by their place', async () => {
  const archive = zipSync({ 'a.xml': xml, 'b.xml': Buffer.from(xml.toString().replace('1/A', '2/B')) });
  const second = await shown(archive, { form: 'xml', document: 2 }, 'x.zip');
  assert.equal(second.name, 'b.xml');
  assert.match(Buffer.from((await shown(archive, { ...html, document: 2 })).bytes).toString(), /2\/B/);
});

test('a part that does not exist and a file that is no invoice are told apart', async () => {
  const wishes: ShowWish[] = [
    { ...html, body: 2 },
    { form: 'xml', document: 2 },
    { form: 'attachment', index: 2 },
  ];
  for (const wish of wishes) assert.equal((await showFile({ bytes: xml, at, wish })).kind, 'noSuchPart');
  const answer = await showFile({ bytes: Buffer.from('<a/>'), at, wish: html });
  assert.equal(answer.kind, 'notReadable');
  assert.ok(answer.kind === 'notReadable' && answer.findings[0]?.code === '00200');
});

test('findings about a document of an archive name its file', async () => {
  const archive = zipSync({ 'a.xml': Buffer.from('<a/>'), 'b.xml': Buffer.from('<b/>') });
  const answer = await showFile({ bytes: archive, name: 'x.zip', at, wish: html });
  assert.ok(answer.kind === 'notReadable');
  assert.deepEqual([...new Set(answer.findings.map(({ file }) => file))], ['a.xml', 'b.xml']);
});

test('any bytes and any torn file get an answer', async () => {
  const torn = fc.nat({ max: xml.length }).map((end) => xml.subarray(0, end));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), torn), async (bytes) => {
      const answer = await showFile({ bytes, at, wish: html });
      assert.ok(['shown', 'notReadable', 'noSuchPart'].includes(answer.kind));
    }),
    { numRuns: 100 },
  );
});
