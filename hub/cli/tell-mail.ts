// hub: mails of the PEC mailbox in words: what each is, what came of it, what waits for a person. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { writeMoment } from '@staffetta/fatturapa/show/figures.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';

/** How far a mail is. */
export const mailStates = ['stored', 'understood', 'quarantined', 'failed', 'repeated'] as const;
/** One of them. */
export type MailState = (typeof mailStates)[number];

/** What came of one thing that a mail held. */
interface MailResult {
  readonly what: string;
  readonly name?: string;
  readonly outcome: string;
  readonly words?: string;
  readonly customerId?: number;
}

/** A mail as the hub shows it; instants are ISO 8601 in UTC. */
export interface ToldMail {
  readonly mailId: string;
  readonly mailbox: string;
  readonly subject?: string;
  readonly from?: string;
  readonly receivedAt?: string;
  readonly storedAt: string;
  readonly state: MailState;
  readonly why?: Sentence & { readonly code?: string };
  readonly words: { readonly it: readonly string[]; readonly en: readonly string[] };
  readonly results: readonly MailResult[];
  readonly acts?: readonly {
    readonly at: string;
    readonly by: string;
    readonly action: string;
    readonly reason: string | null;
  }[];
}

/** A mailbox as the hub shows it. */
export interface ToldMailbox {
  readonly mailbox: string;
  readonly lookedAt?: string | null;
  readonly troubles?: readonly (Sentence & { readonly since: string })[];
  readonly mails?: Readonly<Record<string, number>>;
}

const states: Readonly<Record<MailState, Sentence>> = {
  stored: { it: 'in lettura', en: 'being read' },
  understood: { it: 'capita e gestita', en: 'understood and dealt with' },
  quarantined: { it: 'da guardare', en: 'to be looked at' },
  failed: { it: 'non riuscita', en: 'failed' },
  repeated: { it: 'copia di una già letta', en: 'a copy of one that was read' },
};

const things: Readonly<Record<string, Sentence>> = {
  notice: { it: 'Notifica di SdI', en: 'Notice of SdI' },
  invoice: { it: 'Fattura ricevuta', en: 'Received invoice' },
  receipt: { it: 'Ricevuta del gestore PEC', en: 'Receipt of the PEC provider' },
  address: { it: 'Indirizzo di SdI per i prossimi invii', en: "SdI's address for the next mails" },
};

const outcomes: Readonly<Record<string, Sentence>> = {
  handedOver: { it: 'registrata', en: 'kept' },
  refused: { it: 'non accettata', en: 'not accepted' },
  unknownRecipient: { it: 'nessun cliente corrisponde', en: 'no customer fits' },
  severalRecipients: { it: 'più clienti corrispondono', en: 'several customers fit' },
  failed: { it: 'non ancora registrata: si riprova', en: 'not kept yet: it is tried again' },
};

const acts: Readonly<Record<string, Sentence>> = {
  'mail.retry': { it: 'Riprovata', en: 'Tried again' },
  'mail.settle': { it: 'Chiusa', en: 'Settled' },
};

const labels = {
  it: {
    none: 'Non ce ne sono.',
    from: 'Da',
    box: 'Casella',
    noSubject: '(senza oggetto)',
    results: 'Che cosa ne è stato',
    acts: 'Fatto a mano',
    by: 'da',
    customer: 'per il cliente',
    why: 'Perché',
    more: (count: number) => `… e altre ${count}.`,
    todo: 'Che cosa fare',
    trouble: 'ATTENZIONE',
    show: 'mails show ID mostra una mail; mails retry ID la riprova, mails retry --all --why CODICE tutte quelle dello stesso motivo; mails settle ID --reason "…" dice che è stata gestita a mano.',
  },
  en: {
    none: 'There are none.',
    from: 'From',
    box: 'Mailbox',
    noSubject: '(no subject)',
    results: 'What came of it',
    acts: 'Done by hand',
    by: 'by',
    customer: 'for customer',
    why: 'Why',
    more: (count: number) => `… and ${count} more.`,
    todo: 'What to do',
    trouble: 'ATTENTION',
    show: 'mails show ID shows a mail; mails retry ID tries it again, mails retry --all --why CODE all that wait for the same reason; mails settle ID --reason "…" says that it was dealt with by hand.',
  },
} as const;

function inRome(instant: string, lang: Lang): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : writeMoment(toRomeWallTime(at).slice(0, 19), lang);
}

function waits({ state }: ToldMail): boolean {
  return state === 'quarantined' || state === 'failed';
}

function headLine({ receivedAt, storedAt, state, subject }: ToldMail, lang: Lang): string {
  const when = inRome(receivedAt ?? storedAt, lang);
  return plainText(`${when}  ${states[state][lang]}  ${subject ?? labels[lang].noSubject}`);
}

/** With its code, by which all mails of one reason are tried again. */
function whyText(why: NonNullable<ToldMail['why']>, lang: Lang): string {
  return plainText(why.code === undefined ? why[lang] : `${why[lang]} (${why.code})`);
}

function rowLines(mail: ToldMail, lang: Lang): string[] {
  const why = waits(mail) && mail.why ? [`    ${whyText(mail.why, lang)}`] : [];
  return [headLine(mail, lang), ...why, `    ${plainText(mail.mailId)}`];
}

function boxLines({ mailbox, troubles = [] }: ToldMailbox, lang: Lang): string[] {
  return troubles.map((trouble) => {
    return plainText(`${labels[lang].trouble}: ${mailbox} (${inRome(trouble.since, lang)}): ${trouble[lang]}`);
  });
}

/**
 * Tells a list of mails, with what is wrong with the mailboxes on top.
 * @param page the mails, the newest first, and how many there are in all
 * @param mailboxes the mailboxes, as far as they may be seen
 * @param lang in which language; times are Rome's
 */
export function mailLines(
  page: { readonly content: readonly ToldMail[]; readonly totalElements: number },
  mailboxes: readonly ToldMailbox[],
  lang: Lang,
): string[] {
  const words = labels[lang];
  const { content, totalElements } = page;
  const more = totalElements - content.length;
  return [
    ...mailboxes.flatMap((mailbox) => boxLines(mailbox, lang)),
    ...(content.length === 0 ? [words.none] : content.flatMap((mail) => rowLines(mail, lang))),
    ...(more > 0 ? [words.more(more)] : []),
    ...(content.length === 0 ? [] : ['', words.show]),
  ];
}

function resultLine({ what, name, outcome, words, customerId }: MailResult, lang: Lang): string {
  const thing = things[what]?.[lang] ?? what;
  const whom = customerId === undefined ? '' : ` ${labels[lang].customer} ${customerId}`;
  const told = `${outcomes[outcome]?.[lang] ?? outcome}${whom}${words === undefined ? '' : `: ${words}`}`;
  return plainText(`${thing}${name === undefined ? '' : ` ${name}`}: ${told}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

/**
 * Tells one mail.
 * @param mail as the hub shows it
 * @param lang in which language; times are Rome's
 */
export function oneMailLines(mail: ToldMail, lang: Lang): string[] {
  const { from, mailbox, why, words: told, results, acts: done = [] } = mail;
  const words = labels[lang];
  return [
    headLine(mail, lang),
    ...(from === undefined ? [] : [plainText(`  ${words.from}: ${from}`)]),
    plainText(`  ${words.box}: ${mailbox}`),
    '',
    ...told[lang].map((line) => `  ${plainText(line)}`),
    ...(why ? ['', `${words.why}: ${whyText(why, lang)}`] : []),
    ...section(
      words.results,
      results.map((result) => resultLine(result, lang)),
    ),
    ...section(
      words.acts,
      done.map(({ at, by, action, reason }) => {
        const act = `${inRome(at, lang)}  ${acts[action]?.[lang] ?? action} ${words.by} ${by}`;
        return plainText(reason === null ? act : `${act}: ${reason}`);
      }),
    ),
    ...(waits(mail) ? ['', words.show] : []),
  ];
}
