// fatturapa: a notice counts as SdI's only where SdI signed the whole of it; every doubt has its words.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { understandMail } from '../mail/understand-mail.ts';
import { madeKey, type MadeKey } from '../signature/keys.fixture.ts';
import { signCades } from '../signature/cades.ts';
import { signXades } from '../signature/xades.ts';
import { readNotices, type FoundNotice } from './read-notices.ts';
import { verifyNotice, type NoticeTrust } from './verify-notice.ts';
import { writeNotice } from './write-notice.ts';

const at = new Date('2026-11-25T10:00:00Z');
const signedAt = new Date('2026-11-25T09:59:00Z');
const sdi = madeKey('RSA', { commonName: 'Sistema di prova' });

const xml = writeNotice({
  family: 'B2B',
  kind: 'RC',
  object: {
    IdentificativoSdI: '111',
    NomeFile: 'IT01234567890_FPR01.xml',
    Hash: '',
    DataOraRicezione: '2026-11-25T10:00:00.000+01:00',
    DataOraConsegna: '2026-11-25T10:05:00.000+01:00',
    MessageId: '1',
  },
});

function foundIn(bytes: Uint8Array): FoundNotice {
  const [found] = readNotices(bytes).notices;
  assert.ok(found);
  return found;
}

function judge(bytes: Uint8Array, trust: NoticeTrust['trust'], when: Date | undefined = at) {
  const judged = verifyNotice(foundIn(bytes), { trust, ...(when && { at: when }) });
  return { ...judged, codes: judged.findings.map(({ code, severity }) => `${code} ${severity}`) };
}

const signedBy = (key: MadeKey): Promise<Buffer> => signXades(xml, key, { at: signedAt });

test('a notice that the pinned certificate signed is valid, inside the XML as well as in an envelope around it', async () => {
  for (const signed of [await signedBy(sdi), await signCades(xml, sdi, { at: signedAt })]) {
    const { result, findings, signers } = judge(signed, [sdi.certificatePem]);
    assert.deepEqual([result, findings], ['valid', []]);
    assert.deepEqual(
      signers.map(({ name, signedAt: when }) => [name, when]),
      [['Sistema di prova', signedAt]],
    );
  }
});

test("under SdI's authority only a signer with SdI's name counts: channels have certificates of it, too", async () => {
  const authority = madeKey('RSA', { commonName: 'CA di prova', issues: true });
  const channel = madeKey('RSA', { commonName: 'Canale accreditato', by: authority });
  const { result, codes, findings } = judge(await signedBy(channel), [authority.certificatePem]);
  assert.deepEqual([result, codes], ['untrusted', ['SIGNATURE_UNTRUSTED error']]);
  assert.match(findings[0]?.message.it ?? '', /firmata da Canale accreditato .* non dal Sistema di Interscambio/);
  assert.equal(judge(await signedBy(channel), [channel.certificatePem]).result, 'valid');
});

test("somebody's signature, and any where nobody is trusted, is untrusted; the finding names who signed", async () => {
  const signed = await signedBy(sdi);
  for (const trust of [[], [madeKey('EC').certificatePem]]) {
    const { result, findings } = judge(signed, trust);
    assert.equal(result, 'untrusted');
    assert.match(findings[0]?.message.en ?? '', /Sistema di prova/);
  }
});

test('a changed notice is broken, and one without a signature absent', async () => {
  const signed = await signedBy(sdi);
  const changed = Buffer.from(signed.toString().replace('<IdentificativoSdI>111', '<IdentificativoSdI>112'));
  const broken = judge(changed, [sdi.certificatePem]);
  assert.deepEqual([broken.result, broken.codes], ['broken', ['SIGNATURE_BROKEN error']]);
  assert.match(broken.findings[0]?.message.it ?? '', /^La notifica è stata modificata dopo la firma/);
  const absent = judge(xml, [sdi.certificatePem]);
  assert.deepEqual([absent.result, absent.codes], ['absent', ['SIGNATURE_BROKEN error']]);
});

test('the certificate must be valid when the notice comes, or when it was signed where that is asked', async () => {
  const short = madeKey('RSA', { to: new Date('2026-11-26T00:00:00Z') });
  const signed = await signedBy(short);
  assert.equal(judge(signed, [short.certificatePem]).result, 'valid');
  assert.equal(judge(signed, [short.certificatePem], new Date('2027-01-01')).result, 'untrusted');
  const byItsTime = verifyNotice(foundIn(signed), { trust: [short.certificatePem] });
  assert.equal(byItsTime.result, 'valid');
});

const samples = (...path: string[]): Buffer => readFileSync(join(sharedFolder(), 'sdi/samples', ...path));

test(
  "SdI's own receipt in a sample mail is valid by its certificate; its MT need not be signed",
  { skip: servers.shared.missing },
  () => {
    const [received, incoming] = ['sdi-ricevuta-di-consegna.eml', 'sdi-invio-file-p7m.eml'].map((file) => {
      const mail = understandMail(samples('pec/oca', file));
      const found = mail.kind === 'sdi' ? mail.notices[0] : undefined;
      assert.ok(found, file);
      return found;
    });
    assert.ok(received && incoming);
    const [, encoded = ''] = /X509Certificate>([^<]+)</.exec(Buffer.from(received.file.xml).toString()) ?? [];
    const certificate = Buffer.from(encoded, 'base64');
    const came = new Date('2018-11-13T15:48:00Z');
    const { result, findings, signers } = verifyNotice(received, { trust: [certificate], at: came });
    assert.deepEqual([result, findings, signers[0]?.name], ['valid', [], 'Sistema Interscambio Fattura PA']);
    const unsigned = verifyNotice(incoming, { trust: [certificate], at: came });
    assert.deepEqual([unsigned.result, unsigned.findings.map(({ severity }) => severity)], ['absent', ['warning']]);
  },
);

test(
  'the sample notices: those whose names were changed for publication are broken, keys of 1024 bits are too weak',
  { skip: servers.shared.missing },
  () => {
    for (const [file, words] of [
      ['ITHVQWPH73P42H501Y_40022_RC_001.xml', /was changed after Sistema Interscambio Fattura PA signed it/],
      ['v2/IT01234567890_11111_AT_001.xml', /too weak/],
    ] as const) {
      const { result, findings } = judge(samples('notifications/govway', file), [], undefined);
      assert.equal(result, 'broken');
      assert.match(findings[0]?.message.en ?? '', words);
    }
  },
);
