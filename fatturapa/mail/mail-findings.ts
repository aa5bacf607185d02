// fatturapa: what is found about a mail that was not read wholly.
import type { DocumentFinding, Sentence } from '../finding.ts';
import type { MailTrouble } from './walk-mail.ts';

function limitFinding(message: Sentence): DocumentFinding {
  const fix = {
    it: 'Aprire la mail nella casella PEC e controllare a mano gli allegati che qui mancano.',
    en: 'Open the mail in the PEC mailbox and look at the attachments that are missing here.',
  };
  return { code: 'MAIL_LIMIT', severity: 'error', message: { ...message }, fix };
}

/**
 * The finding of attachments past the limit.
 * @param count how many were not opened
 * @param filesMax how many are opened
 */
export function filesLeftOut(count: number, filesMax: number): DocumentFinding {
  return limitFinding({
    it: `La mail ha troppi allegati: aperti i primi ${filesMax}, non letti gli altri ${count}.`,
    en: `The mail has too many attachments: the first ${filesMax} were opened, ${count} more were left out.`,
  });
}

const unread: readonly (readonly [MailTrouble, Sentence])[] = [
  [
    'depth',
    {
      it: "La mail contiene troppi messaggi uno dentro l'altro: quelli più interni non sono stati letti.",
      en: 'The mail holds too many messages within each other: the innermost were not read.',
    },
  ],
  [
    'parts',
    {
      it: 'La mail contiene troppe parti: le ultime non sono state lette.',
      en: 'The mail has too many parts: the last ones were not read.',
    },
  ],
];

/**
 * The findings of a mail that was not walked to its end.
 * @param troubles of the walk; a boundary that is nowhere leaves nothing out
 */
export function unreadParts(troubles: ReadonlySet<MailTrouble>): DocumentFinding[] {
  return unread.filter(([trouble]) => troubles.has(trouble)).map(([, message]) => limitFinding(message));
}
