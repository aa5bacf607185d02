// bench: documents fully checked per second on one core, beside libxml2's validation by the official schema alone, in the same run.
import { checkDocument } from '@staffetta/fatturapa/check-document.ts';
import { readDocument } from '@staffetta/fatturapa/read/read-document.ts';
import { sharedFolder } from '@staffetta/tools/servers/available.ts';
import { XmlBufferInputProvider, XmlDocument, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchDocument } from './document.ts';

const folder = join(sharedFolder(), 'sdi');
const rounds = 7;

function officialValidator(): XsdValidator {
  const signatures = 'xmldsig-core-schema.xsd';
  const read = (file: string): Buffer => readFileSync(join(folder, 'xsd', file));
  xmlRegisterInputProvider(new XmlBufferInputProvider({ [signatures]: read(signatures) }));
  const file = 'FatturaPA_ordinaria_v1.2.3.xsd';
  const schema = XmlDocument.fromBuffer(read(file), { url: file });
  try {
    return XsdValidator.fromDoc(schema);
  } finally {
    schema.dispose();
  }
}

/**
 * The ordinary samples that the official schema takes: what is refused early would flatter whoever refuses it first. Blanks around
 * dates, which libxml2 refuses against XML Schema, are taken off.
 */
function samples(): Buffer[] {
  const rows = readFileSync(join(folder, 'samples', 'MANIFEST.tsv'), 'utf8').split('\n');
  return rows
    .map((row) => row.split('\t'))
    .filter(([file, verdict]) => file?.startsWith('invoices/') && verdict?.startsWith('xsd-valid'))
    .map(([file = '']) => readFileSync(join(folder, 'samples', file)))
    .filter((bytes) => bytes.includes('docs/xsd/fatture/v1.2'))
    .map((bytes) =>
      Buffer.from(bytes.toString('latin1').replaceAll(/<Data>\s*([^<]*?)\s*<\/Data>/g, '<Data>$1</Data>'), 'latin1'),
    );
}

function microsecondsEach(documents: readonly Buffer[], passes: number, judge: (bytes: Buffer) => void): number {
  const startedAt = performance.now();
  for (let pass = 0; pass < passes; pass++) for (const bytes of documents) judge(bytes);
  return ((performance.now() - startedAt) * 1000) / (passes * documents.length);
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

/** Measures the contenders in turn, round by round, so that a slower machine in between slows all alike. */
function compare(name: string, documents: readonly Buffer[], validator: XsdValidator, passes: number): void {
  const options = {
    kind: 'internal',
    validation: 'document',
    dummyTaxIds: 'warning',
    at: new Date('2026-11-22T09:00:00Z'),
  } as const;
  const contenders: Readonly<Record<string, (bytes: Buffer) => void>> = {
    'read and format': (bytes) => void readDocument(bytes),
    'fully checked': (bytes) => void checkDocument(bytes, options),
    'libxml2 and XSD alone': (bytes) => {
      const document = XmlDocument.fromBuffer(bytes);
      validator.validate(document);
      document.dispose();
    },
  };
  const times = Object.entries(contenders).map(([label, judge]) => ({ label, judge, took: [] as number[] }));
  for (const { judge } of times) microsecondsEach(documents, passes, judge);
  for (let round = 0; round < rounds; round++) {
    for (const { judge, took } of times) took.push(microsecondsEach(documents, passes, judge));
  }
  const raw = median(times.at(-1)?.took ?? []);
  const bytes = Math.round(documents.reduce((sum, document) => sum + document.length, 0) / documents.length);
  console.log(`${name}: ${documents.length} documents of ${bytes} bytes on average`);
  for (const { label, took } of times) {
    const each = median(took);
    console.log(
      `  ${label.padEnd(22)} ${each.toFixed(0).padStart(6)} µs  ${Math.round(1_000_000 / each)
        .toString()
        .padStart(7)}/s  ratio ${(each / raw).toFixed(2)}`,
    );
  }
}

/** A lot of 2,000 bodies, just under SdI's 5 MB. */
function largeLot(): Buffer {
  const [before = '', body = '', after = ''] = benchDocument(1).split(
    /(<FatturaElettronicaBody>[\s\S]*<\/FatturaElettronicaBody>)/,
  );
  const lines = [...body.matchAll(/<DettaglioLinee>[\s\S]*?<\/DettaglioLinee>\s*/g)].slice(0, 4).join('');
  const short = body.replace(/<DettaglioLinee>[\s\S]*<\/DettaglioLinee>\s*/, lines);
  const bodies = Array.from({ length: 2000 }, (_, at) => short.replace(/<Numero>[^<]*</, `<Numero>${at + 1}<`));
  return Buffer.from(before + bodies.join('') + after);
}

const validator = officialValidator();
compare('public samples', samples(), validator, 20);
compare("the bench's invoice", [Buffer.from(benchDocument(1))], validator, 1000);
const lot = largeLot();
const startedAt = performance.now();
const { findings } = checkDocument(lot, { kind: 'internal', validation: 'document' });
const seconds = (performance.now() - startedAt) / 1000;
const memory = Math.round(process.memoryUsage.rss() / 1_048_576);
console.log(
  `a lot of 2,000 bodies, ${lot.length} bytes: ${seconds.toFixed(2)} s, ${findings.length} findings, ${memory} MiB resident`,
);
