// fatturapa: a mail counts as certified only where a trusted provider signed it, itself, as it is; every doubt has its words.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAuthority, makeHolder, type Holder, type HolderWish } from '../signature/authority.fixture.ts';
import { makeSigner, wrapEnvelope, type SignerWish } from '../signature/envelope.fixture.ts';
import { keyInMemory } from '../signature/key-object.ts';
import { openPkcs12 } from '../signature/pkcs12.ts';
import { makeTrialSigner } from '../signature/self-signed.ts';
import { canonicalLines } from './canonical-lines.ts';
import { mailLimits } from './mail-limits.ts';
import { attachment, daticert, mail, multipart, type WishedPart } from './pec-mail.fixture.ts';
import type { MailVerification } from './provider-signature.ts';
import { signMail } from './sign-mail.ts';
import { tellMail } from './tell-mail.ts';
import { understandMail } from './understand-mail.ts';
import type { MailSignature } from './mail-signature.ts';
import { verifyMail } from './verify-mail.ts';
import { walkMail } from './walk-mail.ts';

const from = 'posta-certificata@gestore.example';
const mailUse = '1.3.6.1.5.5.7.3.4';
const at = new Date('2026-03-02T08:00:00Z');
const signedAt = new Date('2026-03-02T07:59:58Z');

const authority = makeAuthority({ name: 'Autorità dei gestori' });
const providerWith = (wish: Partial<HolderWish> = {}): Holder =>
  makeHolder({ name: 'Gestore', by: authority, usage: 0x80, emails: [from], purposes: [mailUse], key: 'RSA', ...wish });
const provider = providerWith();
const verify: MailVerification = { trust: [authority.pem], at, mode: 'require' };

const head = [
  `From: ${from}`,
  'Subject: CONSEGNA: x',
  'Message-ID: <r1@gestore.example>',
  'X-Ricevuta: avvenuta-consegna',
  'MIME-Version: 1.0',
];
const text = { headers: ['Content-Type: text/plain; charset=utf-8'], body: 'Caffè\r\n' };

function entityOf(parts: readonly WishedPart[]): Buffer {
  return mail([], multipart('mixed', 'dentro', parts));
}

const certified = entityOf([text, attachment('daticert.xml', daticert({ type: 'avvenuta-consegna' }))]);

async function signedBy(holder: Holder, entity = certified, headers = head): Promise<Buffer> {
  const key = keyInMemory(holder.privateKey, holder.certificate, []);
  const signed = await signMail(entity, key, { at: signedAt });
  return Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n`), signed]);
}

/** A signature as a provider made it that is not ours. */
function signedOtherwise(wish: SignerWish, entity = certified, envelope?: Buffer): Buffer {
  const bytes =
    envelope ?? wrapEnvelope(undefined, [makeSigner({ names: null, ...wish }, entity)], [wish.holder.certificate]);
  const signed = { headers: [], body: entity };
  const whole = mail(head, multipart('signed', 'firma', [signed, attachment('smime.p7s', bytes)]));
  // The entity brings its own headers.
  const gap = whole.indexOf('--firma\r\n\r\n\r\n');
  return Buffer.concat([whole.subarray(0, gap + 9), whole.subarray(gap + 13)]);
}

function judge(bytes: Buffer, options: Partial<MailVerification> = {}, sender: string | undefined = from) {
  const judged = verifyMail(walkMail(bytes, mailLimits).root, sender, { ...verify, ...options });
  return { ...judged, codes: codesOf(judged) };
}

function codesOf({ findings }: Pick<MailSignature, 'findings'>): string[] {
  return findings.map(({ code, severity }) => `${code} ${severity}`);
}

test("a trusted provider's own mail is verified, and says who signed when", async () => {
  const { result, codes, signers } = judge(await signedBy(provider));
  assert.deepEqual([result, codes], ['verified', []]);
  assert.deepEqual(
    signers.map(({ name, issuer, signedAt: when, trusted }) => [name, issuer, when, trusted]),
    [['Gestore', 'Autorità dei gestori', signedAt, true]],
  );
});

test('the certificate of the provider itself may be the one that is trusted', async () => {
  assert.equal(judge(await signedBy(provider), { trust: [provider.pem] }).result, 'verified');
});

test('a trial certificate with a mail address signs mails that are verified by it', async () => {
  const trial = { commonName: 'Gestore di prova', from: signedAt, days: 10, password: 'x', email: from };
  const key = openPkcs12(await makeTrialSigner(trial), 'x');
  const signed = await signMail(certified, key, { at: signedAt });
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n`), signed]);
  assert.equal(judge(bytes, { trust: [key.certificate] }).result, 'verified');
  assert.equal(judge(bytes, { trust: [key.certificate] }, 'posta-certificata@altri.example').result, 'untrusted');
});

test('line ends that a server changed on the way break nothing, whichever were signed', async () => {
  const mailed = await signedBy(provider);
  const bare = Buffer.from(mailed.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  assert.equal(judge(bare).result, 'verified');
  const own = Buffer.from(certified.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  assert.equal(judge(signedOtherwise({ holder: provider }, own)).result, 'verified');
});

test('one changed byte of what is signed breaks it; what stands outside of it does not', async () => {
  const mailed = await signedBy(provider);
  const changed = Buffer.from(mailed);
  changed[mailed.indexOf('Caff')] = 0x47;
  const { result, codes, findings } = judge(changed);
  assert.deepEqual([result, codes], ['broken', ['SIGNATURE_BROKEN error']]);
  assert.match(findings[0]?.message.it ?? '', /^La mail è stata modificata dopo la firma di Gestore/);
  const subject = Buffer.from(mailed.toString('latin1').replace('CONSEGNA: x', 'CONSEGNA: y'), 'latin1');
  assert.equal(judge(subject).result, 'verified');
});

test('a provider whom nobody trusts, and anybody where no authority is given, is untrusted', async () => {
  const other = makeAuthority({ name: 'Altra' });
  const mailed = await signedBy(provider);
  for (const trust of [[other.pem], []]) {
    const { result, codes } = judge(mailed, { trust });
    assert.deepEqual([result, codes], ['untrusted', ['SIGNATURE_UNTRUSTED error']]);
  }
});

test("a certificate counts for its own mail address only, and only a provider's mailbox counts", async () => {
  const mario = providerWith({ emails: ['mario@gestore.example'] });
  const forged = judge(await signedBy(mario));
  assert.deepEqual([forged.result, forged.codes], ['untrusted', ['SIGNATURE_UNTRUSTED error']]);
  assert.match(forged.findings[0]?.message.en ?? '', /not made out to posta-certificata@gestore\.example/);
  const own = judge(await signedBy(mario), {}, 'mario@gestore.example');
  assert.deepEqual([own.result, own.codes], ['untrusted', ['SIGNATURE_UNTRUSTED error']]);
  const nobody = verifyMail(walkMail(await signedBy(provider), mailLimits).root, undefined, verify);
  assert.equal(nobody.result, 'untrusted');
});

test('a certificate that is for other things than mails does not count; one that says nothing does', async () => {
  const server = providerWith({ purposes: ['1.3.6.1.5.5.7.3.1'] });
  assert.equal(judge(await signedBy(server)).result, 'untrusted');
  const silent = makeHolder({ name: 'Gestore', by: authority, emails: [from.toUpperCase()], key: 'RSA' });
  assert.equal(judge(await signedBy(silent)).result, 'verified');
});

test('the certificate must be valid when the mail comes, not when it is read again years later', async () => {
  const short = providerWith({ from: new Date('2026-01-01'), to: new Date('2026-04-01') });
  const mailed = await signedBy(short);
  assert.equal(judge(mailed).result, 'verified');
  assert.equal(judge(mailed, { at: new Date('2026-05-01') }).result, 'untrusted');
  assert.equal(judge(mailed, { at: new Date('2026-02-01') }).result, 'untrusted', 'signed in the future');
});

test('SHA-1 counts with a warning, or not at all; a signature names neither its certificate nor its time', () => {
  const old = signedOtherwise({ holder: provider, digest: 'sha1', at: null });
  const read = judge(old);
  assert.deepEqual([read.result, read.codes], ['verified', ['SIGNATURE_BROKEN warning']]);
  const refused = judge(old, { sha1: 'refuse' });
  assert.equal(refused.result, 'broken');
  assert.equal(judge(signedOtherwise({ holder: provider, at: null, bare: true })).result, 'verified');
  assert.deepEqual(judge(signedOtherwise({ holder: provider })).codes, []);
});

test('what lies inside the signature never stands in for the mail that is read', () => {
  const other = entityOf([text]);
  const enveloped = wrapEnvelope(other, [makeSigner({ holder: provider }, other)], [provider.certificate]);
  assert.equal(judge(signedOtherwise({ holder: provider }, certified, enveloped)).result, 'broken');
});

test('a signature that is missing or no signature is told apart', () => {
  const plain = mail(head, multipart('mixed', 'b', [text]));
  assert.equal(judge(plain).result, 'absent');
  const nonsense = judge(signedOtherwise({ holder: provider }, certified, Buffer.from('firma')));
  assert.deepEqual([nonsense.result, nonsense.signers], ['unreadable', []]);
  const one = makeSigner({ holder: provider }, certified);
  const crowd = wrapEnvelope(undefined, Array<Buffer>(6).fill(one), [provider.certificate]);
  assert.equal(judge(signedOtherwise({ holder: provider }, certified, crowd)).result, 'unreadable');
  const nobody = judge(signedOtherwise({ holder: provider }, certified, wrapEnvelope(undefined, [], [])));
  assert.equal(nobody.result, 'broken');
});

test('a receipt says whether it is verified; doubts are errors or warnings as is asked', async () => {
  const good = understandMail(await signedBy(provider), { verify });
  assert.ok(good.kind === 'receipt' && good.signatureVerified && good.signature?.result === 'verified');
  assert.deepEqual(good.findings, []);
  assert.ok(tellMail(good, 'it').includes('La firma del gestore PEC è verificata: Gestore.'));
  const trust = [makeAuthority({ name: 'Altra' }).pem];
  for (const [mode, severity] of [
    ['warn', 'warning'],
    ['require', 'error'],
  ] as const) {
    const doubted = understandMail(await signedBy(provider), { verify: { ...verify, trust, mode } });
    assert.ok(doubted.kind === 'receipt' && !doubted.signatureVerified);
    assert.deepEqual(codesOf(doubted), [`SIGNATURE_UNTRUSTED ${severity}`]);
    assert.match(tellMail(doubted, 'en').join('\n'), /signed by Gestore, but .*\n.*issued by "Autorità dei gestori"/);
  }
  const unasked = understandMail(await signedBy(provider));
  assert.ok(unasked.kind === 'receipt' && !unasked.signatureVerified && unasked.signature === undefined);
  assert.match(tellMail(unasked, 'it').join('\n'), /non è stata verificata/);
});

test("a provider's receipt cannot be pointed to another mail by a header", async () => {
  const pointed = await signedBy(provider, certified, [...head, 'X-Riferimento-Message-ID: <altra@hub.example>']);
  const verified = understandMail(pointed, { verify });
  assert.ok(verified.kind === 'receipt');
  assert.equal(verified.ofMessageId, '<1@hub.example>');
});

test('a signature over nothing that is certified certifies nothing', async () => {
  const understood = understandMail(await signedBy(provider, entityOf([text])), { verify });
  assert.ok(understood.kind === 'receipt' && !understood.signatureVerified);
  assert.match(understood.findings[0]?.message.it ?? '', /manca daticert\.xml/);
});

test('lines end with CR LF in the canonical form, and what does already is not copied', () => {
  assert.equal(canonicalLines(Buffer.from('a\nb\rc\r\nd\r\r\n\n')).toString(), 'a\r\nb\r\nc\r\nd\r\n\r\n\r\n');
  const canonical = Buffer.from('a\r\nb\r\n');
  assert.equal(canonicalLines(canonical), canonical);
});

test(
  'the sample mails, whose names were changed for publication, are broken but say which provider signed them',
  { skip: servers.shared.missing },
  () => {
    for (const [file, name] of [
      ['pec-accettazione.eml', 'Posta Certificata ARUBA PEC'],
      ['sdi-ricevuta-di-consegna.eml', 'Posta Certificata Sogei'],
    ] as const) {
      const bytes = readFileSync(join(sharedFolder(), 'sdi/samples/pec/oca', file));
      const understood = understandMail(bytes, { verify: { ...verify, at: new Date('2018-12-09T00:00:00Z') } });
      assert.ok(understood.kind !== 'other');
      const { signature } = understood;
      assert.deepEqual([signature?.result, signature?.signers[0]?.name], ['broken', name]);
    }
  },
);
