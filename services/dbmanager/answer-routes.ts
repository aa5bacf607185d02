// dbmanager: the path by which a public body answers an invoice that it received: parse, step, answer.
import { requestTrace } from '@staffetta/platform/http/request-trace.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { AnswerOutcome } from '@staffetta/flow/received-details.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { answerInvoice, type AnswerWish } from './answer-invoice.ts';
import type { RouteParts } from './customer-routes.ts';
import { InvoicePath } from './requests.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';

const esiti = { EC01: 'EC01', accettata: 'EC01', EC02: 'EC02', rifiutata: 'EC02' } as const satisfies Record<
  string,
  AnswerOutcome
>;

const AnswerRequest = Type.Object(
  {
    esito: Type.Enum(['EC01', 'EC02', 'accettata', 'rifiutata'], { description: 'EC01 accepts, EC02 refuses' }),
    descrizione: optional(
      Type.String({ description: 'why, at most 255 characters; a refusal needs it (causes of DM 132/2020)' }),
    ),
    documento: optional(
      Type.Object(
        {
          numero: Type.String({ minLength: 1, maxLength: 20, description: 'of one invoice of a lot' }),
          anno: Type.Integer({ minimum: 1970, maximum: 9999, description: 'of its date' }),
          posizione: optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'its place in the lot' })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  {
    // `documento` under a name with a slip would answer for the whole lot, and that cannot be taken back.
    additionalProperties: false,
    description: 'the answer to all invoices of the file, or to one of a lot',
    examples: [{ esito: 'rifiutata', descrizione: 'CIG mancante' }],
  },
);
type AnswerRequest = Static<typeof AnswerRequest>;

const descriptionMax = 255;

function insistOnDescription(text: string, outcome: AnswerOutcome): string | undefined {
  if (text === '') {
    if (outcome === 'EC01') return undefined;
    throw new HubError('BODY_NOT_VALID', 'body/descrizione is needed: a refusal says why (DM 132/2020).');
  }
  // What XML cannot hold could not be told to SdI.
  if (isStorable(text, descriptionMax) && !/[\p{Cc}\uFFFE\uFFFF]/u.test(text)) return text;
  const rule = `at most ${descriptionMax} characters on one line`;
  throw new HubError('BODY_NOT_VALID', `body/descrizione must be ${rule}.`);
}

function wishOf({ esito, descrizione, documento }: AnswerRequest): AnswerWish {
  const outcome = esiti[esito];
  const invoice = documento && {
    number: documento.numero,
    year: String(documento.anno),
    position: documento.posizione ?? undefined,
  };
  return {
    outcome,
    description: insistOnDescription((descrizione ?? '').trim(), outcome),
    invoice: invoice ?? undefined,
  };
}

/**
 * Adds the path.
 * @param app the service's server
 * @param parts what it needs
 */
export function addAnswerRoute(app: FastifyInstance, { world, reach }: RouteParts): void {
  const { store, bus, clock } = world;
  const summary = 'A public body accepts or refuses an invoice that SdI brought: the answer (EC) goes to SdI';
  app.post<{ Params: InvoicePath; Body: AnswerRequest }>(
    '/api/invoices/:invoiceNumber/esito',
    { schema: { params: InvoicePath, body: AnswerRequest, summary, tags: ['invoices'] } },
    async (request, reply) => {
      const { name, only } = reach(request);
      const { invoiceNumber } = request.params;
      const wish = wishOf(request.body);
      const act = { by: name, at: clock.now() };
      const cause = { eventId: undefined, correlationId: request.id, trace: requestTrace(request) };
      const written = await store.transaction(async (tx) => {
        const answer = await answerInvoice(tx, { invoiceNumber, customerId: only }, wish, act, cause);
        bus.publishIn(tx, answer.events);
        return answer;
      });
      const { fileName, transmissionId } = written;
      return reply.code(202).send({ invoiceNumber, esito: wish.outcome, fileName, transmissionId });
    },
  );
}
