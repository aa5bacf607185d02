// sandbox: what SdI finds wrong with a file, code by code.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { suite, test } from 'node:test';
import { judgeFile, lookAtFile, type EarlierFiles } from './judge-file.ts';
import { documentWith, numberAt, signed, today } from './sdi.fixture.ts';
import { storedZip } from './stored-zip.ts';

const nothing: EarlierFiles = { hasName: () => false, hasHash: () => false, hasInvoice: () => false };
const name = 'IT01234567897_00001.xml';
const good = documentWith('goods');

function codes(bytes: Uint8Array, fileName = name, earlier: Partial<EarlierFiles> = {}): string[][] {
  const { files } = judgeFile(fileName, bytes, today, { ...nothing, ...earlier });
  return files.map(({ errors }) => errors.map(({ code }) => code));
}

test('a right file has no errors, and says what it is', () => {
  const { isArchive, files } = judgeFile(name, good, today, nothing);
  const [file] = files;
  assert.equal(isArchive, false);
  assert.deepEqual(file?.errors, []);
  assert.equal(file?.family, 'B2B');
  assert.equal(file?.format, 'FPR12');
  assert.equal(file?.supplier, 'IT12345678903');
  assert.equal(file?.hash, hash('sha256', good, 'hex'));
  assert.deepEqual(
    file?.bodies.map(({ number, year }) => [number, year]),
    [['12', '2026']],
  );
});

suite('before the file is opened', () => {
  test('00001: the name', () => {
    for (const wrong of ['fattura.xml', 'IT01234567897_000001.xml', 'IT01234567897_00001.pdf', '../x.xml', '']) {
      assert.deepEqual(codes(good, wrong), [['00001']], wrong);
    }
  });

  test('00002: the name or the content came before, and nothing else is looked at', () => {
    assert.deepEqual(codes(good, name, { hasName: () => true }), [['00002']]);
    assert.deepEqual(codes(good, name, { hasHash: () => true }), [['00002']]);
    assert.deepEqual(codes(Buffer.from('no XML'), name, { hasName: () => true }), [['00002']]);
  });

  test('the notice will be of the family of the document all the same', async () => {
    const file = await signed(documentWith('publicBody'));
    const [judged] = judgeFile(`${name}.p7m`, file, today, { ...nothing, hasName: () => true }).files;
    assert.deepEqual([judged?.family, judged?.errors.map(({ code }) => code)], ['PA', ['00002']]);
  });

  test('00003: more than 5 MiB', () => {
    assert.deepEqual(codes(Buffer.alloc(5_242_881, 0x20)), [['00003']]);
  });

  test('00106: nothing in it, or an archive that is none', () => {
    assert.deepEqual(codes(Buffer.alloc(0)), [['00106']]);
    assert.deepEqual(codes(Buffer.from('PK\u0003\u0004 torn'), 'IT01234567897_00001.zip'), [['00106']]);
  });
});

suite('content of another kind than the name promises', () => {
  const zip = storedZip([{ name: 'IT01234567897_A0001.xml', bytes: good }]);
  test('00200: .xml', async () => {
    assert.deepEqual(codes(zip), [['00200']]);
    assert.deepEqual(codes(await signed(good)), [['00200']]);
  });

  test('00102: .xml.p7m', () => assert.deepEqual(codes(good, `${name}.p7m`), [['00102']]));

  test('00106: .zip', () => assert.deepEqual(codes(good, 'IT01234567897_00001.zip'), [['00106']]));

  test('inside an archive', () => {
    const wrong = storedZip([{ name: 'IT01234567897_A0001.xml.p7m', bytes: good }]);
    assert.deepEqual(codes(wrong, 'IT01234567897_00001.zip'), [['00102']]);
  });
});

suite('inside', () => {
  test('00102: to a public body without a signature', async () => {
    const document = documentWith('publicBody');
    assert.deepEqual(codes(document), [['00102']]);
    assert.deepEqual(codes(await signed(document), `${name}.p7m`), [[]]);
  });

  test('00102: a signature that was broken', async () => {
    const broken = await signed(documentWith('publicBody'));
    const at = broken.indexOf('Comune di Gamma');
    broken[at] = 0x58;
    assert.deepEqual(codes(broken, `${name}.p7m`), [['00102']]);
  });

  test('00200: another format', () => {
    assert.deepEqual(codes(Buffer.from('<FatturaElettronica/>')), [['00200']]);
    assert.deepEqual(codes(Buffer.from('hello')), [['00200']]);
  });

  test("a rule of SdI's list, with words for it", () => {
    const file = documentWith('goods', [], { [numberAt(1)]: 'ABC' });
    const [judged] = judgeFile(name, file, today, nothing).files;
    assert.deepEqual(
      judged?.errors.map(({ code }) => code),
      ['00425'],
    );
    assert.match(judged?.errors[0]?.description ?? '', /\(FatturaElettronicaBody/);
    assert.ok(judged?.errors[0]?.suggestion);
  });

  test('00404: the invoice came before', () => {
    assert.deepEqual(codes(good, name, { hasInvoice: () => true }), [['00404']]);
  });

  test('00409: twice in the lot', () => {
    assert.deepEqual(codes(documentWith('lot', [], { [numberAt(2)]: '12' })), [['00409']]);
  });
});

suite('an archive', () => {
  const other = documentWith('goods', [], { [numberAt(1)]: '77' });
  const archive = (files: Record<string, Buffer>): Buffer =>
    storedZip(Object.entries(files).map(([each, bytes]) => ({ name: each, bytes })));

  test('its files are judged one by one', () => {
    const zip = archive({ 'IT01234567897_A0001.xml': good, 'IT01234567897_A0002.xml': Buffer.from('<a/>') });
    assert.deepEqual(codes(zip, 'IT01234567897_00001.zip'), [[], ['00200']]);
  });

  test('a wrong name, and what stands in it twice', () => {
    const zip = archive({ 'fattura.xml': good, 'IT01234567897_A0002.xml': good, 'IT01234567897_A0003.xml': other });
    assert.deepEqual(codes(zip, 'IT01234567897_00001.zip'), [['00001'], ['00002'], []]);
  });

  test('a name is used up whatever the extension', () => {
    const zip = archive({ 'IT01234567897_A0001.xml': good, 'it01234567897_a0001.xml.p7m': other });
    assert.deepEqual(codes(zip, 'IT01234567897_00001.zip'), [[], ['00002']]);
  });

  test('a file that cannot be opened is answered, too', () => {
    const zip = archive({ 'IT01234567897_A0001.xml': good, 'IT01234567897_A0002.xml': Buffer.alloc(0) });
    assert.deepEqual(codes(zip, 'IT01234567897_00001.zip'), [[], ['00106']]);
  });
});

test("each body's words are read", () => {
  const [lot] = judgeFile(name, documentWith('lot', ['SDI:MC', undefined, 'SDI:AT']), today, nothing).files;
  assert.deepEqual(lot?.wishes, [{ fate: 'MC' }, undefined, { fate: 'AT' }]);
});

test('the simplified invoice has no Causale: its rows are read', () => {
  const path = 'FatturaElettronicaBody[1]/DatiBeniServizi[1]/Descrizione';
  const [file] = judgeFile(name, documentWith('simplified', [], { [path]: 'Pranzo SDI:MC' }), today, nothing).files;
  assert.deepEqual(file?.wishes, [{ fate: 'MC' }]);
  assert.equal(file?.format, 'FSM10');
});

test('what SdI hands on is looked at without being judged', () => {
  assert.deepEqual(lookAtFile('x.xml', Buffer.from('no XML'), today).errors, []);
  assert.equal(lookAtFile('x.xml', good, today).format, 'FPR12');
});
