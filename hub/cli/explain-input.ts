// hub: what a word or a file given to `explain` is: a code, a mail, notices, or nothing that can be explained.
import { explain as explainCode } from '@staffetta/fatturapa/check/sdi-codes.ts';
import type { DocumentFinding, Sentence } from '@staffetta/fatturapa/finding.ts';
import { tellMail } from '@staffetta/fatturapa/mail/tell-mail.ts';
import { understandMail } from '@staffetta/fatturapa/mail/understand-mail.ts';
import type { UnderstoodMail } from '@staffetta/fatturapa/mail/understood-mail.ts';
import { noticeFacts, type NoticeKind } from '@staffetta/fatturapa/notices/notice-kinds.ts';
import type { Notice } from '@staffetta/fatturapa/notices/notice.ts';
import type { NoticeSignature } from '@staffetta/fatturapa/notices/notice-signature.ts';
import { readNotices, type FoundNotice, type NoticesReading } from '@staffetta/fatturapa/notices/read-notices.ts';
import { tellNoticeSignature } from '@staffetta/fatturapa/notices/tell-notice-signature.ts';
import { verifyNotice } from '@staffetta/fatturapa/notices/verify-notice.ts';
import { tellNotice } from '@staffetta/fatturapa/notices/tell-notice.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';

/** What there is to say of one word or file. */
export interface Explanation {
  readonly kind: 'code' | 'notice' | 'mail' | 'unknown';
  /** Whether it could be explained. */
  readonly understood: boolean;
  /** In the language asked for, without line ends. */
  readonly told: readonly string[];
  /** What is wrong with the file, in both languages. */
  readonly findings: readonly DocumentFinding[];
  /** The notices that were found, by the names of `fatturapa/notices/notice.ts`. */
  readonly notices: readonly Notice[];
  /** The judgements on their signatures, in the same order; each as of the time that it names. */
  readonly signatures: readonly NoticeSignature[];
  /** What the mail is, files left out. */
  readonly mail?: Readonly<Record<string, unknown>>;
}

const nothing = { findings: [], notices: [], signatures: [] } as const;
const codeForm = /^(?:\d{5}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$/;

function tellCode(code: string, says: Sentence, lang: Lang, fix?: Sentence): Explanation {
  const label = { it: 'Rimedio', en: 'To do' }[lang];
  const told = [`${code}: ${says[lang]}`, ...(fix ? [`${label}: ${fix[lang]}`] : [])];
  return { kind: 'code', understood: true, told, ...nothing };
}

function kindFacts(word: string): Sentence | undefined {
  const { name, says } = Object.hasOwn(noticeFacts, word) ? noticeFacts[word as NoticeKind] : {};
  return name && says && { it: `${name.it}. ${says.it}`, en: `${name.en}. ${says.en}` };
}

/**
 * Explains a word that is no file.
 * @param word SdI's number, a word of ours in capitals, or the two letters of a kind of notice
 * @param lang in which language
 * @returns undefined where the word has not the form of a code
 */
export function explainWord(word: string, lang: Lang): Explanation | undefined {
  const facts = explainCode(word);
  if (facts) return tellCode(word, facts.says, lang, facts.fix);
  const kind = kindFacts(word);
  if (kind) return tellCode(word, kind, lang);
  if (!codeForm.test(word)) return undefined;
  const unknown: Sentence = {
    it: `${word}: un codice che non conosciamo.`,
    en: `${word}: a code that we do not know.`,
  };
  return { kind: 'code', understood: false, told: [unknown[lang]], ...nothing };
}

/** Facts of a mail for JSON: no bytes. */
function factsOf(mail: UnderstoodMail): Readonly<Record<string, unknown>> {
  if (mail.kind !== 'sdi') return { ...mail };
  const { notices: _, invoices, others, ...facts } = mail;
  const names = (files: readonly { readonly name?: string }[]) => files.map(({ name }) => name ?? '');
  return { ...facts, invoices: names(invoices), others: names(others) };
}

/** Trusted certificates (PEM), where somebody named any. */
type Trust = readonly string[] | undefined;

function judge(notices: readonly FoundNotice[], trust: Trust): NoticeSignature[] {
  return notices.map((found) => verifyNotice(found, { trust: trust ?? [] }));
}

/** An answer that a body wrote (EC) is on its way to SdI, and not SdI's to sign. */
function tellSignatures(
  notices: readonly FoundNotice[],
  signatures: readonly NoticeSignature[],
  lang: Lang,
  trust: Trust,
): string[] {
  return signatures
    .filter((_, index) => notices[index]?.notice.kind !== 'EC')
    .flatMap((signature) => tellNoticeSignature(signature, lang, trust !== undefined));
}

function explainMail(mail: UnderstoodMail, lang: Lang, trust: Trust): Explanation {
  const found = mail.kind === 'sdi' ? mail.notices : [];
  const signatures = judge(found, trust);
  const findings = mail.kind === 'other' ? [] : mail.findings;
  const isBroken = findings.some(({ severity }) => severity === 'error');
  return {
    kind: 'mail',
    understood: mail.kind !== 'other' && !isBroken,
    told: [...tellMail(mail, lang), ...tellSignatures(found, signatures, lang, trust)],
    findings,
    notices: found.map(({ notice }) => notice),
    signatures,
    mail: factsOf(mail),
  };
}

const noNotice: Sentence = {
  it: 'Non è una notifica di SdI né una mail. Per una fattura usare check o show.',
  en: "This is neither a notice of SdI's nor a mail. For an invoice use check or show.",
};
const besides: Sentence = { it: 'Nel file ci sono anche', en: 'The file also holds' };

function tellReading(
  { notices, documents, findings }: NoticesReading,
  signatures: readonly string[],
  lang: Lang,
): string[] {
  const named = documents.flatMap(({ name }) => name ?? []);
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [
    ...notices.flatMap(({ notice }) => tellNotice(notice, lang)),
    ...signatures,
    ...errors.flatMap(({ file, message, fix }) => [
      `${file === undefined ? '' : `${file}: `}${message[lang]}`,
      ...(fix ? [fix[lang]] : []),
    ]),
    ...(notices.length + errors.length === 0 ? [noNotice[lang]] : []),
    ...(notices.length > 0 && named.length > 0 ? [`${besides[lang]}: ${named.join(', ')}`] : []),
  ];
}

function explainNotices(reading: NoticesReading, lang: Lang, trust: Trust): Explanation {
  const signatures = judge(reading.notices, trust);
  const isBroken = reading.findings.some(({ severity }) => severity === 'error');
  return {
    kind: reading.notices.length > 0 ? 'notice' : 'unknown',
    understood: reading.notices.length > 0 && !isBroken,
    told: tellReading(reading, tellSignatures(reading.notices, signatures, lang, trust), lang),
    findings: reading.findings,
    notices: reading.notices.map(({ notice }) => notice),
    signatures,
  };
}

/** The provider's signature is judged as of the mail's own date, for the file may be years old. */
function understandTrusting(bytes: Buffer, trust: Trust): UnderstoodMail {
  const mail = understandMail(bytes);
  if (!trust || mail.kind === 'other') return mail;
  const at = mail.facts.date === undefined ? new Date() : new Date(mail.facts.date);
  return understandMail(bytes, { verify: { trust, at, mode: 'warn' } });
}

/** XML may hold lines that look like headers; no mail begins with a bracket. */
function beginsAsXml(bytes: Buffer): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*</.test(bytes.toString('latin1', 0, 1000));
}

/**
 * Explains a file by its content.
 * @param bytes the file: a notice (XML, p7m, zip) or a mail
 * @param name its name, if it has one
 * @param lang in which language
 * @param trust certificates of providers, of SdI, or of their authorities; without them who signed is told, not whether to believe it
 */
export function explainBytes(bytes: Buffer, name: string | undefined, lang: Lang, trust?: Trust): Explanation {
  if (!beginsAsXml(bytes)) {
    const mail = understandTrusting(bytes, trust);
    if (mail.kind !== 'other' || mail.why !== 'noMail') return explainMail(mail, lang, trust);
  }
  return explainNotices(readNotices(bytes, name === undefined ? {} : { name }), lang, trust);
}
