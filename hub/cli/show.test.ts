// hub: `show` works without a hub: in the terminal, as a page, as a print, for whatever file it is given.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const folder = mkdtempSync(join(tmpdir(), 'staffetta-show-'));
after(() => rmSync(folder, { recursive: true }));
const program = fileURLToPath(new URL('../staffetta.ts', import.meta.url));

const attached = Buffer.from('%PDF-1.4 x').toString('base64');
const xml = `<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader>
<CedentePrestatore><DatiAnagrafici><Anagrafica><Denominazione>Alfa &lt;b&gt; Srl</Denominazione></Anagrafica></DatiAnagrafici>
</CedentePrestatore></FatturaElettronicaHeader><FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento>
<TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-22</Data><Numero>12</Numero>
<ImportoTotaleDocumento>1220.00</ImportoTotaleDocumento></DatiGeneraliDocumento></DatiGenerali>
<Allegati><NomeAttachment>a.pdf</NomeAttachment><Attachment>${attached}</Attachment></Allegati>
</FatturaElettronicaBody></p:FatturaElettronica>`;

function put(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function show(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'show', ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

const invoice = put('fattura.xml', xml);

test('an invoice is printed for people, and its format errors are told beside it', () => {
  const { status, out, err } = show(invoice);
  assert.match(out, /Fattura n\. 12 del 22\/11\/2026/);
  assert.match(out, /1\.220,00 EUR/);
  assert.equal(status, 1);
  assert.match(err, /00200/);
  assert.match(show(invoice, '--lang', 'en').out, /Invoice no\. 12 of 22 Nov 2026/);
});

test('a page and a print are written where they are asked for', () => {
  const [html, pdf] = [join(folder, 'out.html'), join(folder, 'out.pdf')];
  const { out } = show(invoice, '--html', html, '--pdf', pdf);
  assert.equal(out, `${html}\n${pdf}\n`);
  const page = readFileSync(html, 'utf8');
  assert.ok(page.includes(`href="data:application/pdf;base64,${attached}"`));
  assert.ok(page.includes('Alfa &lt;b&gt; Srl'));
  assert.equal(readFileSync(pdf).subarray(0, 5).toString(), '%PDF-');
});

test('an archive is opened, and every document in it shown', () => {
  const files = { 'a.xml': Buffer.from(xml), 'b.xml': Buffer.from(xml.replace('>12<', '>13<')) };
  const { out } = show(put('lotto.zip', zipSync(files)));
  assert.match(out, /n\. 12 del/);
  assert.match(out, /n\. 13 del/);
});

test('what is no invoice, no file or no option is said, and nothing is printed', () => {
  const random = show(put('x.xml.p7m', Buffer.from([0x30, 0x82, 1, 2, 3])));
  assert.deepEqual([random.status, random.out], [1, '']);
  assert.ok(random.err.length > 20);
  assert.deepEqual(
    [show(join(folder, 'none.xml')).status, show().status, show(invoice, '--lang', 'fr').status],
    [2, 2, 2],
  );
});
