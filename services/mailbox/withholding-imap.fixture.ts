// mailbox: an IMAP server of a few lines whose answers leave mails out, as real ones do that have a damaged mail, for tests.
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What such a server leaves out of its answers. */
export interface Withheld {
  /** UIDs whose text does not come, for as long as they stand here. */
  readonly text: Set<number>;
  /** UIDs that are listed, but whose size is not told. */
  readonly size: Set<number>;
  /** From now on nothing can be deleted. */
  changes: boolean;
  /** From now on nothing is answered, though signs of life come. */
  all: boolean;
}

/** A server with one mailbox, for any login. */
export interface WithholdingServer {
  /** `imap://host:port` */
  readonly url: string;
  readonly withheld: Withheld;
  /** How often a deletion was refused. */
  readonly tries: () => number;
  close(): Promise<void>;
}

function uidsIn(set: string, all: readonly number[]): number[] {
  return all.filter((uid) =>
    set.split(',').some((range) => {
      const [from = '', to = from] = range.split(':');
      return uid >= Number(from) && (to === '*' || uid <= Number(to));
    }),
  );
}

function factsOf(uid: number, mail: Buffer, query: string, { text, size }: Withheld): Buffer[] {
  const asksText = query.includes('BODY.PEEK');
  if (asksText ? text.has(uid) : size.has(uid)) return [];
  const head = `* ${uid} FETCH (UID ${uid} RFC822.SIZE ${mail.length} INTERNALDATE "25-Nov-2026 10:00:00 +0000"`;
  if (!asksText) return [Buffer.from(`${head})\r\n`)];
  return [Buffer.from(`${head} BODY[]<0> {${mail.length}}\r\n`), mail, Buffer.from(')\r\n')];
}

/**
 * Starts it.
 * @param mails UID → the mail; the map may grow
 */
export async function startWithholding(mails: ReadonlyMap<number, Buffer>): Promise<WithholdingServer> {
  const withheld: Withheld = { text: new Set(), size: new Set(), changes: false, all: false };
  const open = new Set<Socket>();
  let tries = 0;
  const answer = (command: string, rest: string): Buffer[] => {
    const say = (...lines: string[]): Buffer[] => lines.map((line) => Buffer.from(`* ${line}\r\n`));
    const uids = [...mails.keys()];
    if (command === 'CAPABILITY') return say('CAPABILITY IMAP4rev1');
    if (command === 'LIST' || command === 'LSUB') return say(`${command} () "/" INBOX`);
    if (command === 'SELECT' || command === 'EXAMINE') return say(`${uids.length} EXISTS`, 'OK [UIDVALIDITY 7] ok');
    if (command !== 'UID') return [];
    const [what = '', set = '', ...query] = rest.split(' ');
    if (what === 'SEARCH') return say(['SEARCH', ...uidsIn(query[0] ?? '', uids)].join(' '));
    return uidsIn(set, uids).flatMap((uid) => factsOf(uid, mails.get(uid)!, query.join(' '), withheld));
  };
  const server = createServer((socket) => {
    open.add(socket);
    const alive = setInterval(() => withheld.all && socket.write('* OK Still here\r\n'), 20);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearInterval(alive);
        open.delete(socket);
      });
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
    let said = '';
    socket.on('data', (data) => {
      const lines = (said + data.toString()).split('\r\n');
      said = lines.pop() ?? '';
      for (const line of withheld.all ? [] : lines) {
        const [tag = '', command = '', ...rest] = line.split(' ');
        for (const piece of answer(command.toUpperCase(), rest.join(' '))) socket.write(piece);
        const refuses = withheld.changes && /STORE|EXPUNGE/.test(line);
        if (refuses) tries += 1;
        socket.write(`${tag} ${refuses ? 'NO not allowed' : 'OK done'}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `imap://127.0.0.1:${(server.address() as AddressInfo).port}`,
    withheld,
    tries: () => tries,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
