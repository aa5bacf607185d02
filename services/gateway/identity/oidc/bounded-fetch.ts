// gateway: calls to an identity provider whose answers have an end: who answers without one must not fill our memory.
import type { CustomFetch } from 'openid-client';

/** What no honest answer reaches: descriptions have some 10 KB, keys and tokens less. */
const answerBytesMax = 1024 * 1024;

/** Statuses whose answers have no body, and may be given none. */
const bodiless = new Set([204, 205, 304]);

async function bytesOf(answer: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error('its answer is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Does what `fetch` does, follows no redirect and reads no answer beyond 1 MiB; a redirect is given as it came.
 * @param url whom to ask
 * @param options as for `fetch`; its signal bounds the whole answer
 * @throws Error where the answer is larger; what `fetch` throws
 */
export const boundedFetch: CustomFetch = async (url, options) => {
  const answer = await fetch(url, { ...(options as RequestInit), redirect: 'manual' });
  const { status, statusText, headers } = answer;
  const bytes = await bytesOf(answer);
  return new Response(bodiless.has(status) ? null : bytes, { status, statusText, headers });
};
