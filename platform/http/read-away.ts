// platform: reads the rest of a refused body away, else its sender gets a reset instead of the answer.
import type { FastifyRequest } from 'fastify';

/** How long a refused body is read at most. */
const readAwayMsMax = 5000;

/**
 * Reads a refused body to its end, and throws it away.
 * @param request whose body was refused
 * @returns once it has ended, broke off, or took five seconds
 */
export function readAway({ raw }: Pick<FastifyRequest, 'raw'>): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, readAwayMsMax);
    if (raw.readableEnded || raw.destroyed) return end();
    raw.once('end', end).once('close', end).once('error', end).resume();
  });
}
