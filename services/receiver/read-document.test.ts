// receiver: documents keep their bytes, and what cannot be a document is refused at the door.
import { HubError, type ErrorCode } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedDocument, documentOfBytes, documentOfJson } from './read-document.ts';

const max = 1000;
const xml = '<?xml version="1.0"?><a>è</a>';

function bytesOf(document: ReturnType<typeof documentOfBytes>): Buffer {
  return 'invoice' in document ? Buffer.from(document.invoice) : Buffer.from(document.file, 'base64');
}

function codeOf(work: () => unknown): ErrorCode | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof HubError);
    return error.code;
  }
}

test('UTF-8 without mark travels as text, everything else as base64, and the bytes stay the same', () => {
  const cases: [Buffer, string, 'invoice' | 'file'][] = [
    [Buffer.from(xml), 'application/xml', 'invoice'],
    [Buffer.from(`\r\n${xml}\n`), 'text/xml', 'invoice'],
    [Buffer.from(xml), 'application/octet-stream', 'invoice'],
    [Buffer.from(`\ufeff${xml}`), 'application/xml', 'file'],
    [Buffer.from(xml, 'latin1'), 'application/xml', 'file'],
    [Buffer.from(`\ufeff${xml}`, 'utf16le'), 'application/xml', 'file'],
    [Buffer.from('MIAGCSqGSIb3DQEHAqCA'), 'application/octet-stream', 'file'],
    [Buffer.from(xml), 'application/pkcs7-mime', 'file'],
    [Buffer.from(xml), 'application/zip', 'file'],
    [Buffer.from([0x30, 0x80, 0xff]), 'application/octet-stream', 'file'],
  ];
  for (const [bytes, mediaType, as] of cases) {
    const document = documentOfBytes(bytes, mediaType, max);
    assert.ok(as in document, `${mediaType} ${bytes.toString('latin1')}`);
    assert.deepEqual(bytesOf(document), bytes);
  }
});

test('JSON text and base64 are taken as they are, base64 with line breaks too', () => {
  assert.deepEqual(documentOfJson({ invoice: xml }, max), { invoice: xml });
  assert.deepEqual(documentOfJson({ file: 'AQID', invoice: null }, max), { file: 'AQID' });
  assert.deepEqual(documentOfJson({ file: 'AQ\r\nID\n' }, max), { file: 'AQID' });
});

test('a document must be there once, not empty, and readable', () => {
  for (const body of [
    {},
    { invoice: '' },
    { file: '' },
    { invoice: null, file: null },
    { invoice: xml, file: 'AQID' },
  ]) {
    assert.equal(
      codeOf(() => documentOfJson(body, max)),
      'BODY_NOT_VALID',
      JSON.stringify(body),
    );
  }
  for (const file of ['AQI', 'A*ID', 'AQ=D', `${' '.repeat(100_000)}*`, 'AQ-_']) {
    assert.equal(
      codeOf(() => documentOfJson({ file }, max)),
      'BODY_NOT_VALID',
      file.slice(-5),
    );
  }
  assert.equal(
    codeOf(() => documentOfJson({ invoice: '<a>\ud800</a>' }, max)),
    'BODY_NOT_VALID',
  );
  assert.equal(
    codeOf(() => documentOfBytes(Buffer.alloc(0), 'application/xml', max)),
    'BODY_NOT_VALID',
  );
});

test('the limit counts the bytes of the document, not of the request', () => {
  assert.equal(
    codeOf(() => documentOfJson({ invoice: 'è'.repeat(500) }, max)),
    undefined,
  );
  assert.equal(
    codeOf(() => documentOfJson({ invoice: `${'è'.repeat(500)}.` }, max)),
    'DOCUMENT_TOO_LARGE',
  );
  const thousand = Buffer.alloc(1000, 1).toString('base64');
  assert.equal(
    codeOf(() => documentOfJson({ file: thousand }, max)),
    undefined,
  );
  assert.equal(
    codeOf(() => documentOfJson({ file: Buffer.alloc(1001, 1).toString('base64') }, max)),
    'DOCUMENT_TOO_LARGE',
  );
  assert.equal(
    codeOf(() => documentOfBytes(Buffer.alloc(1001, 1), 'application/zip', max)),
    'DOCUMENT_TOO_LARGE',
  );
});

test('a DOCTYPE is refused however the document comes', () => {
  const bad = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`;
  assert.equal(
    codeOf(() => documentOfJson({ invoice: bad }, max)),
    'DOCTYPE_REFUSED',
  );
  assert.equal(
    codeOf(() => documentOfJson({ file: Buffer.from(bad).toString('base64') }, max)),
    'DOCTYPE_REFUSED',
  );
  assert.equal(
    codeOf(() => documentOfBytes(Buffer.from(bad, 'utf16le'), 'application/xml', max)),
    'DOCTYPE_REFUSED',
  );
  const asUtf16 = [...bad].map((one) => `\0${one}`).join('');
  assert.equal(
    codeOf(() => documentOfJson({ invoice: asUtf16 }, max)),
    'DOCTYPE_REFUSED',
  );
});

const json = {
  customer: {
    name: 'Neri',
    vatNumber: 'IT11223344554',
    address: { street: 'Via 1', postcode: '20121', city: 'Milano' },
  },
  lines: [{ description: 'Lavoro', price: '10.50', vatRate: 22 }],
};

test('a JSON document travels as it was asked, in either shape', () => {
  assert.deepEqual(documentOfJson({ document: json }, max), { document: json });
  const model = { FatturaElettronicaHeader: {}, FatturaElettronicaBody: [] };
  assert.deepEqual(documentOfJson({ document: model, invoice: null }, max), { document: model });
});

test('a JSON document that does not fit is refused with the path of the first thing wrong', () => {
  const wrong = { ...json, lines: [{ description: 'Lavoro', price: '10,50' }] };
  assert.throws(() => documentOfJson({ document: wrong }, max), {
    name: 'BODY_NOT_VALID',
    message: /^body\/document\/lines\/0\/price: "10,50" is no figure/,
  });
  let deep: Record<string, unknown> = {};
  for (let depth = 0; depth < 100_000; depth++) deep = { lines: [deep] };
  assert.equal(
    codeOf(() => documentOfJson({ document: deep }, max)),
    'BODY_NOT_VALID',
  );
});

test('a JSON document stands alone and is held to the same size', () => {
  assert.equal(
    codeOf(() => documentOfJson({ document: json, invoice: xml }, max)),
    'BODY_NOT_VALID',
  );
  assert.equal(
    codeOf(() => documentOfJson({ document: json }, 100)),
    'DOCUMENT_TOO_LARGE',
  );
});

test('a JSON document that does not fit is refused with all that is wrong, in both languages, by places in the body', () => {
  const document = { customer: 7, lines: 'none', numbr: '1' };
  assert.throws(
    () => documentOfJson({ document }, max),
    (error) => {
      assert.ok(error instanceof HubError && error.findings);
      assert.ok(error.findings.length >= 3);
      for (const { path, message } of error.findings) {
        assert.match(path ?? '', /^\/document\//);
        assert.ok(message.it !== '' && message.en !== '');
      }
      return true;
    },
  );
});

test('what is only asked about may be empty or have a DOCTYPE, but not be absent, twice there or too large', () => {
  assert.deepEqual(askedDocument({ invoice: '' }, max), Buffer.alloc(0));
  assert.deepEqual(askedDocument({ file: 'AQID' }, max), Buffer.from([1, 2, 3]));
  assert.deepEqual(askedDocument({ document: { any: 'shape' } }, max), { any: 'shape' });
  const cases: [Parameters<typeof askedDocument>[0], ErrorCode][] = [
    [{}, 'BODY_NOT_VALID'],
    [{ invoice: '', file: '' }, 'BODY_NOT_VALID'],
    [{ file: '§' }, 'BODY_NOT_VALID'],
    [{ invoice: '\ud800' }, 'BODY_NOT_VALID'],
    [{ invoice: 'x'.repeat(max + 1) }, 'DOCUMENT_TOO_LARGE'],
  ];
  for (const [body, code] of cases) {
    assert.equal(
      codeOf(() => askedDocument(body, max)),
      code,
      JSON.stringify(body).slice(0, 40),
    );
  }
});
