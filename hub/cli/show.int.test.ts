// hub: `show` works without a hub: in the terminal, as a page, as a print, for whatever file it is given.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { makeAuthority, makeHolder } from '@staffetta/fatturapa/signature/authority.fixture.ts';
import { makeEnvelope } from '@staffetta/fatturapa/signature/envelope.fixture.ts';

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

interface Shown {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function showWith(world: { input?: string; env?: Record<string, string> }, ...args: string[]): Shown {
  const { input, env = {} } = world;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'show', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
    ...(input === undefined ? {} : { input }),
  });
  return { status, out: stdout, err: stderr };
}

function show(...args: string[]): Shown {
  return showWith({}, ...args);
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

test('an archive is opened, and every document in it shown, or the one that is asked for', () => {
  const files = { 'a.xml': Buffer.from(xml), 'b.xml': Buffer.from(xml.replace('>12<', '>13<')) };
  const lot = put('lotto.zip', zipSync(files));
  const { out, err } = show(lot);
  assert.match(out, /n\. 12 del/);
  assert.match(out, /n\. 13 del/);
  assert.match(err, /lotto\.zip\/a\.xml:\d+:\d+: errore 00200[^]*lotto\.zip\/b\.xml:/);
  const second = show(lot, '--document', '2', '--body', '1');
  assert.doesNotMatch(second.out, /n\. 12 del/);
  assert.match(second.out, /n\. 13 del/);
  assert.doesNotMatch(second.err, /a\.xml/);
  const third = show(lot, '--document', '3', '--lang', 'en');
  assert.deepEqual([third.status, third.out], [2, '']);
  assert.match(third.err, /^There is no document 3 \(--document\): the file has 2\.\n$/);
});

test('of a long lot the rest can be asked for', () => {
  const body = /<FatturaElettronicaBody>[^]*<\/FatturaElettronicaBody>/.exec(xml)?.[0] ?? '';
  const lot = put('lot.xml', xml.replace(body, body.repeat(502)));
  assert.match(
    show(lot).err,
    /Mostrati 500 corpi di fattura su 502: gli altri si vedono uno alla volta con --body N\./,
  );
  const last = show(lot, '--body', '502');
  assert.match(last.out, /Documento 502 di 502/);
  assert.doesNotMatch(last.err, /Mostrati/);
});

test('a reader that has seen enough ends it without a stack trace', async () => {
  const body = /<FatturaElettronicaBody>[^]*<\/FatturaElettronicaBody>/.exec(xml)?.[0] ?? '';
  const child = spawn(process.execPath, [program, 'show', put('read.xml', xml.replace(body, body.repeat(500)))]);
  child.stdout.once('data', () => child.stdout.destroy());
  const err = await text(child.stderr);
  assert.doesNotMatch(err, /EPIPE|at .*:\d+:\d+\)?$/m);
});

test('neither the original nor another file is overwritten, unless the other is meant to be', () => {
  const [original, page] = [put('original.xml', xml), put('page.html', 'precious')];
  const refused = show(original, '--html', original, '--force');
  assert.deepEqual([refused.status, refused.out], [2, '']);
  assert.match(refused.err, /l'originale non si sovrascrive/);
  assert.equal(readFileSync(original, 'utf8'), xml);
  // Both places are asked about before either is written.
  const print = join(folder, 'first.pdf');
  assert.match(show(original, '--pdf', print, '--html', page).err, /page\.html esiste già: .*--force/);
  assert.throws(() => readFileSync(print), { code: 'ENOENT' });
  assert.equal(readFileSync(page, 'utf8'), 'precious');
  assert.equal(show(original, '--html', page, '--force').out, `${page}\n`);
  assert.match(readFileSync(page, 'utf8'), /^<!doctype html>/i);
  assert.match(show(original, '--html', print, '--pdf', print).err, /indicano lo stesso file/);
});

test('what is wrong is told with its remedy, ten findings at most, and nothing of it steers the terminal', () => {
  const lines = Array.from({ length: 30 }, () => '<Causale>\u009b2J\u202e\u0085</Causale>').join('');
  const bad = xml.replace('<Numero>', `${lines}<Numero>\u009b31m`).replace('>EUR<', '>\u202eEUR<');
  const { status, out, err } = show(put('bad.xml', bad));
  assert.equal(status, 1);
  assert.match(err, /^    rimedio: ./m);
  assert.equal(err.match(/: errore 00200: /g)?.length, 10);
  assert.match(err, /\n… e altri \d+ rilievi: li elenca tutti il comando check\.\n$/);
  for (const text of [out, err]) {
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
  }
});

test('warnings are told too, and are no failure', () => {
  const right = readFileSync(new URL('../../examples/fattura-a-impresa.xml', import.meta.url));
  const { status, out, err } = show(put('named.xml.p7m', right));
  assert.equal(status, 0);
  assert.ok(out.length > 500);
  assert.match(err, /named\.xml\.p7m: 1 avviso\n.*avviso /);
});

test('signatures are judged by the authorities that the settings name', () => {
  const [authority, stranger] = [makeAuthority({ name: 'Ente fidato' }), makeAuthority({ name: 'Altro ente' })];
  const holder = makeHolder({ name: 'Anna Neri', by: authority, authority: 'no', usage: 0xc0 });
  const signed = put('firmata.xml.p7m', makeEnvelope(Buffer.from(xml), { signers: [{ holder }] }));
  const anchored = (by: typeof authority) => {
    const SIGNATURE_TRUST_ANCHORS = put(`${by.name}.pem`, by.pem);
    return showWith({ env: { SIGNATURE_TRUST_ANCHORS } }, signed).out.replaceAll(/\s+/g, ' ');
  };
  assert.match(show(signed).out.replaceAll(/\s+/g, ' '), /Anna Neri .*non è stato verificato/);
  assert.match(anchored(authority), /Anna Neri .*: la firma è valida\./);
  assert.match(anchored(stranger), /Anna Neri .*NON è valida\. .*00104/);
});

test('standard input is shown like a file', () => {
  const { out, err } = showWith({ input: xml }, '-');
  assert.match(out, /Fattura n\. 12 del 22\/11\/2026/);
  assert.match(err, /^\(stdin\): /);
});

test('a file that is too large is said to be so, without being read', () => {
  const large = put('large.xml', '');
  truncateSync(large, 2 ** 33);
  for (const file of [large, '/dev/zero']) {
    const { status, out, err } = show(file);
    assert.deepEqual([status, out], [1, '']);
    assert.match(err, /errore 00003/);
  }
});

test('what is no invoice is said, and nothing is printed', () => {
  const random = show(put('x.xml.p7m', Buffer.from([0x30, 0x82, 1, 2, 3])));
  assert.deepEqual([random.status, random.out], [1, '']);
  assert.match(random.err, /errore \d{5}: /);
});

const complaints: readonly [args: string[], says: RegExp][] = [
  [[join(folder, 'none.xml')], /none\.xml: non esiste\.\n$/],
  [[folder, '--lang', 'en'], / cannot be read: it is a folder, not a file\.\n$/],
  [[], /^Indicare un file/],
  [[invoice, '--nonsense', '--lang', 'en'], /^There is no option --nonsense/],
];

test('words that cannot be used end with 2 and a sentence in the language that was asked for', () => {
  for (const [args, says] of complaints) {
    const { status, out, err } = show(...args);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, says);
  }
});
