// fatturapa: tells a mail of a PEC mailbox in words: what it is, what it proves and what not, what to do.
import { fillSentence } from '../fill-sentence.ts';
import type { DocumentFinding, Sentence } from '../finding.ts';
import { tellNotice } from '../notices/tell-notice.ts';
import { plainText } from '../show/plain-text.ts';
import { signatureCodes } from '../signature/signature-words.ts';
import { signatureNotVerified, signatureWords } from './mail-signature-words.ts';
import { otherWords, receiptWords } from './mail-words.ts';
import type { EnvelopeMail, OtherMail, PecMail, ReceiptMail, SdiMail, UnderstoodMail } from './understood-mail.ts';

type Lang = keyof Sentence;

function quoted(text: string | undefined): string {
  return text === undefined ? '?' : `«${text}»`;
}

const ofSignatures: ReadonlySet<string> = new Set(Object.values(signatureCodes));

function tellErrors(findings: readonly DocumentFinding[], lang: Lang): string[] {
  return findings
    .filter(({ severity, code }) => severity === 'error' && !ofSignatures.has(code))
    .map(({ message, file }) => `${file === undefined ? '' : `${file}: `}${message[lang]}`);
}

/** Whether the provider's signature was verified, and what is wrong with it. */
function tellSignature({ signature }: PecMail, lang: Lang): string[] {
  const { head, sentences } = signature
    ? { head: signatureWords[signature.result], sentences: signature.findings }
    : { head: signatureNotVerified, sentences: [] };
  const signer = signature?.signers[0]?.name ?? '?';
  return [fillSentence(head, { signer })[lang], ...sentences.map(({ message }) => message[lang])];
}

function tellReceipt(mail: ReceiptMail, lang: Lang): string[] {
  const { happened, proves, next } = receiptWords[mail.receipt];
  const details = {
    subject: quoted(mail.subject),
    recipient: mail.recipient ?? '?',
    provider: mail.provider ?? '?',
  };
  const at =
    mail.at === undefined ? [] : [fillSentence({ it: 'Il {at}.', en: 'On {at}.' }, { at: new Date(mail.at) })[lang]];
  const code = mail.error?.code === undefined ? '' : ` (${mail.error.code})`;
  const reason: Sentence = { it: `Il gestore${code} scrive`, en: `The provider${code} writes` };
  const error = mail.error?.text === undefined ? [] : [`${reason[lang]}: ${mail.error.text}`];
  return [
    fillSentence(happened, details)[lang],
    ...at,
    ...error,
    ...tellErrors(mail.findings, lang),
    ...tellSignature(mail, lang),
    proves[lang],
    next[lang],
  ];
}

function tellSdi(mail: SdiMail, lang: Lang): string[] {
  const words: Readonly<Record<'head' | 'simulation' | 'address' | 'nothing', Sentence>> = {
    head: {
      it: `Messaggio di SdI (${mail.sender}): ${quoted(mail.subject)}.`,
      en: `Message from SdI (${mail.sender}): ${quoted(mail.subject)}.`,
    },
    simulation: {
      it: "Viene dall'ambiente di prova di SdI: non ha alcun effetto fiscale.",
      en: "It comes from SdI's test environment and has no effect in law.",
    },
    address: {
      it: `Le prossime fatture da questa casella vanno inviate a ${mail.sdiAddress}.`,
      en: `The next invoices from this mailbox go to ${mail.sdiAddress}.`,
    },
    nothing: {
      it: `Non contiene né notifiche né fatture. Il testo dice: ${mail.text ?? '-'}`,
      en: `It holds neither notices nor invoices. The text says: ${mail.text ?? '-'}`,
    },
  };
  const isEmpty = mail.notices.length + mail.invoices.length === 0;
  const label: Sentence = { it: 'Fattura allegata', en: 'Invoice attached' };
  return [
    words.head[lang],
    ...(mail.simulation ? [words.simulation[lang]] : []),
    ...mail.notices.flatMap(({ notice }) => tellNotice(notice, lang)),
    ...mail.invoices.map(({ name, document }) => `${label[lang]}: ${document.name ?? name ?? '?'}`),
    ...tellErrors(mail.findings, lang),
    ...tellSignature(mail, lang),
    ...(isEmpty ? [words.nothing[lang]] : []),
    words.address[lang],
  ];
}

function tellEnvelope(mail: EnvelopeMail, lang: Lang): string[] {
  const { sender, subject, files, findings } = mail;
  const words: Sentence = {
    it: `PEC di ${sender ?? '?'}: ${quoted(subject)}. Non viene da SdI: la legge una persona.`,
    en: `PEC from ${sender ?? '?'}: ${quoted(subject)}. It does not come from SdI: a person has to read it.`,
  };
  const label: Sentence = { it: 'Allegati', en: 'Attachments' };
  const attached = files.length === 0 ? [] : [`${label[lang]}: ${files.join(', ')}`];
  return [words[lang], ...attached, ...tellErrors(findings, lang), ...tellSignature(mail, lang)];
}

function tellOther({ why, facts }: OtherMail, lang: Lang): string[] {
  const label: Sentence = {
    it: `Mail di ${facts.from ?? '?'}: ${quoted(facts.subject)}.`,
    en: `Mail from ${facts.from ?? '?'}: ${quoted(facts.subject)}.`,
  };
  return [...(why === 'noMail' ? [] : [label[lang]]), otherWords[why][lang]];
}

function tell(mail: UnderstoodMail, lang: Lang): string[] {
  switch (mail.kind) {
    case 'receipt':
      return tellReceipt(mail, lang);
    case 'sdi':
      return tellSdi(mail, lang);
    case 'envelope':
      return tellEnvelope(mail, lang);
    case 'other':
      return tellOther(mail, lang);
  }
}

/**
 * Tells a mail.
 * @param mail as it was understood
 * @param lang in which language
 * @returns lines without line ends, harmless for any page or terminal
 */
export function tellMail(mail: UnderstoodMail, lang: Lang): string[] {
  return tell(mail, lang).map(plainText);
}
