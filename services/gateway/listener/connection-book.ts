// gateway: which connections are open, from where, and what waits for an answer on each; bounds them and closes those that only wait.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressBlock } from '../limits/limit-rules.ts';

/** What names a connection whichever layer shows it: raw, under TLS, or as a stream of HTTP/2. */
export interface ConnectionEnd {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** One open connection. */
interface Connection {
  readonly socket: Socket;
  readonly block: string;
  readonly open: Set<ServerResponse>;
}

/** The connections of one listener. */
export interface ConnectionBook {
  /** Notes a new connection; closes it where there are too many from its address. */
  enter(socket: Socket): void;
  /** Notes a request; gives how many now wait on its connection. */
  asked(end: ConnectionEnd, answer: ServerResponse): number;
  /** What waits for an answer on a connection. */
  waitingOn(end: ConnectionEnd): ReadonlySet<ServerResponse>;
  /** Closes connections on which nobody waits for an answer. */
  closeSilent(): void;
  closeAll(): void;
}

function nameOf({ remoteAddress, remotePort }: ConnectionEnd): string {
  return `${remoteAddress} ${remotePort}`;
}

const nothing: ReadonlySet<ServerResponse> = new Set();

/**
 * Makes the book.
 * @param addressSocketsMax connections of one address at once
 * @param isTrusted tells proxies, which have no such bound: many clients come by them
 */
export function createConnectionBook(
  addressSocketsMax: number,
  isTrusted: (address: string) => boolean,
): ConnectionBook {
  const connections = new Map<string, Connection>();
  const perBlock = new Map<string, number>();

  function count(block: string, more: number): number {
    const now = (perBlock.get(block) ?? 0) + more;
    if (now > 0) perBlock.set(block, now);
    else perBlock.delete(block);
    return now;
  }

  return {
    enter(socket) {
      const address = socket.remoteAddress ?? '';
      const block = addressBlock(address);
      const name = nameOf(socket);
      const isTooMany = count(block, 1) > addressSocketsMax && !isTrusted(address);
      socket.once('close', () => {
        count(block, -1);
        connections.delete(name);
      });
      if (isTooMany) socket.destroy();
      else connections.set(name, { socket, block, open: new Set() });
    },
    asked(end, answer) {
      const open = connections.get(nameOf(end))?.open;
      if (!open) return 1;
      open.add(answer);
      answer.once('close', () => open.delete(answer));
      return open.size;
    },
    waitingOn: (end) => connections.get(nameOf(end))?.open ?? nothing,
    closeSilent() {
      for (const { socket, open } of connections.values()) if (open.size === 0) socket.destroy();
    },
    closeAll() {
      for (const { socket } of connections.values()) socket.destroy();
    },
  };
}
