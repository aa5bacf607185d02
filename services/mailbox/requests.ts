// mailbox: the shapes of its REST.
import { Type, type Static } from 'typebox';
import { whyWords, type Why } from './why-words.ts';

// U+0000 is no text for the database, so that a search for it could only fail.
const address = Type.String({ maxLength: 320, pattern: '^[^\\u0000]*$' });

/** Which mails are asked for. */
export const MailQuery = Type.Object({
  state: Type.Optional(Type.Enum(['stored', 'understood', 'quarantined', 'failed', 'repeated'])),
  mailbox: Type.Optional(address),
  kind: Type.Optional(Type.Enum(['receipt', 'sdi', 'envelope', 'other'])),
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
/** Which mails are asked for. */
export type MailQuery = Static<typeof MailQuery>;

/** Which mail is meant. */
export const MailParams = Type.Object({
  mailId: Type.String({ pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
});
/** Which mail is meant. */
export type MailParams = Static<typeof MailParams>;

/** Which mails are to be tried again: all that wait for one reason. */
export const RetryRequest = Type.Object(
  {
    why: Type.Enum(Object.keys(whyWords) as Why[]),
    mailbox: Type.Optional(address),
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'the `next` of the call before' }),
    ),
  },
  // A slip in `mailbox` would mean all of them.
  { additionalProperties: false },
);
/** Which mails are to be tried again. */
export type RetryRequest = Static<typeof RetryRequest>;

/** Why nothing more is to be done with a mail. */
export const SettleRequest = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 1000, pattern: '^[^\\u0000]*\\S[^\\u0000]*$' }),
});
/** Why nothing more is to be done with a mail. */
export type SettleRequest = Static<typeof SettleRequest>;
