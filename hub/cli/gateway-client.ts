// hub: asks the gateway, and says in plain words what went wrong.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { CliError } from './cli-error.ts';
import type { Access } from './options.ts';

/** A request to the gateway. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Its answer: the status and the body, read as JSON where it is. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const tries = 5;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { errorMessage: text };
  }
}

async function askOnce(access: Access, ask: Ask): Promise<Answer> {
  const answer = await request(`${access.gateway}${ask.path}`, {
    method: ask.method ?? 'GET',
    headers: { 'x-api-key': access.key, accept: 'application/json', ...ask.headers },
    ...(ask.body !== undefined && { body: ask.body }),
  });
  return { status: answer.statusCode, body: parse(await answer.body.text()) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function nobody({ gateway }: Access): Sentence {
  return {
    it: `Nessuno risponde a ${gateway}. Avviare Staffetta (npm start), oppure indicare dove si trova con --gateway.`,
    en: `Nobody answers at ${gateway}. Start the hub (npm start), or name it with --gateway.`,
  };
}

function brokeOff({ gateway }: Access, code: string): Sentence {
  return {
    it: `${gateway} ha interrotto il collegamento (${code}). Riprovare.`,
    en: `${gateway} broke off: ${code}. Try again.`,
  };
}

/**
 * Asks the gateway; 429 and 503 are asked again after a moment, a few times (give an Idempotency-Key with what must not double).
 * @throws CliError where nobody answers
 */
export async function ask(access: Access, what: Ask): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await askOnce(access, what);
      if (attempt >= tries || (answer.status !== 503 && answer.status !== 429)) return answer;
    } catch (error) {
      if (codeOf(error) === 'ECONNREFUSED') {
        throw new CliError(nobody(access), access.lang);
      }
      if (attempt >= tries) throw new CliError(brokeOff(access, codeOf(error)), access.lang);
    }
    await sleep(200 * 2 ** attempt);
  }
}

/** The sentence of an error answer. */
export function explain(answer: Answer): string {
  const { errorMessage } = (answer.body ?? {}) as { errorMessage?: string };
  return errorMessage ?? `HTTP ${answer.status}`;
}

/**
 * Asks and insists on a 2xx answer.
 * @throws CliError with the gateway's own sentence
 */
export async function insist<T>(access: Access, what: Ask): Promise<T> {
  const answer = await ask(access, what);
  if (answer.status >= 200 && answer.status < 300) return answer.body as T;
  throw new CliError(explain(answer));
}
