// fatturapa: SdI's data about an incoming invoice, out of whatever holds them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { incomingMetadata } from './incoming-metadata.ts';
import { writeNotice } from './write-notice.ts';

const head = { IdentificativoSdI: '111', NomeFile: 'IT01234567890_FPR01.xml', MessageId: '5' };
const about = { CodiceDestinatario: 'UFABC1', Formato: 'FPA12', TentativiInvio: '1' };
const mt = writeNotice({ family: 'PA', kind: 'MT', object: { ...head, ...about } });
const dt = writeNotice({ family: 'PA', kind: 'DT', object: head });

test('an MT is read, plain or in base64', () => {
  for (const bytes of [mt, Buffer.from(mt.toString('base64'))]) {
    const notice = incomingMetadata(bytes);
    assert.deepEqual([notice?.sdiId, notice?.fileName, notice?.format], ['111', head.NomeFile, 'FPA12']);
  }
});

test('another notice, several of them, an invoice beside it, and junk are none', () => {
  const invoice = Buffer.from('<p:FatturaElettronica xmlns:p="x"/>');
  const others = [
    dt,
    zipSync({ 'a.xml': mt, 'b.xml': dt }),
    zipSync({ 'a.xml': mt, 'b.xml': invoice }),
    invoice,
    Buffer.from('ciao'),
    Buffer.alloc(0),
  ];
  for (const bytes of others) assert.equal(incomingMetadata(bytes), undefined);
});
