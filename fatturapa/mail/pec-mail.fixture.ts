// fatturapa: makes mails as PEC providers nest them, for tests.

/** A part of a mail to be made. */
export interface WishedPart {
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

/** An attachment in base64. */
export function attachment(name: string, bytes: Uint8Array | string): WishedPart {
  const text = Buffer.from(bytes).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return {
    headers: [
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${name}"`,
    ],
    body: text,
  };
}

/** A multipart's body with its header. */
export function multipart(kind: string, boundary: string, parts: readonly WishedPart[]): WishedPart {
  const pieces = parts.flatMap(({ headers, body }) => [
    `--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`,
    body,
    '\r\n',
  ]);
  const all = [...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece as string));
  return { headers: [`Content-Type: multipart/${kind}; boundary="${boundary}"`], body: Buffer.concat(all) };
}

/** A whole mail. */
export function mail(headers: readonly string[], part: WishedPart): Buffer {
  return Buffer.concat([
    Buffer.from(`${[...headers, ...part.headers].join('\r\n')}\r\n\r\n`),
    Buffer.from(part.body as string),
  ]);
}

/** What a provider certifies. */
export interface CertificateWish {
  readonly type: string;
  readonly sender?: string;
  readonly subject?: string;
  readonly error?: string;
  readonly errorText?: string;
  readonly deliveredTo?: string;
  readonly recipient?: string;
}

/** daticert.xml. */
export function daticert({
  type,
  sender = 'azienda@pec.example',
  subject = 'Oggetto',
  error = 'nessuno',
  errorText,
  deliveredTo,
  recipient = 'sdi01@pec.fatturapa.it',
}: CertificateWish): string {
  return `<?xml version="1.0" encoding="UTF-8"?><postacert tipo="${type}" errore="${error}"><intestazione><mittente>${sender}</mittente>
<destinatari tipo="certificato">${recipient}</destinatari><risposte>${sender}</risposte><oggetto>${subject}</oggetto></intestazione>
<dati><gestore-emittente>Gestore</gestore-emittente><data zona="+0200"><giorno>10/06/2025</giorno><ora>09:30:00</ora></data>
<identificativo>opec1@gestore.example</identificativo><msgid>&lt;1@hub.example&gt;</msgid>${
    deliveredTo === undefined ? '' : `<consegna>${deliveredTo}</consegna>`
  }${errorText === undefined ? '' : `<errore-esteso>${errorText}</errore-esteso>`}</dati></postacert>`;
}

/** A mail by a provider: signed around text, daticert.xml and what else it passes on. */
export function providersMail(
  headers: readonly string[],
  certificate: string | undefined,
  inside: readonly WishedPart[],
): Buffer {
  const text = { headers: ['Content-Type: text/plain; charset=utf-8'], body: 'Testo del gestore' };
  const parts = [text, ...(certificate === undefined ? [] : [attachment('daticert.xml', certificate)]), ...inside];
  const signed = multipart('signed', 'firma', [multipart('mixed', 'dentro', parts), attachment('smime.p7s', 'firma')]);
  return mail(
    [
      'From: posta-certificata@gestore.example',
      'Message-ID: <r1@gestore.example>',
      'Date: Tue, 10 Jun 2025 09:30:00 +0200',
      ...headers,
    ],
    signed,
  );
}

/** A receipt. */
export function receipt(wish: CertificateWish, headers: readonly string[] = []): Buffer {
  const own = [`Subject: RICEVUTA: Oggetto`, `X-Ricevuta: ${wish.type}`, 'X-Riferimento-Message-ID: <1@hub.example>'];
  return providersMail([...own, ...headers], daticert(wish), []);
}

/** A PEC of somebody with attachments. */
export function pec(
  sender: string,
  subject: string,
  files: readonly WishedPart[],
  headers: readonly string[] = [],
  recipient = 'azienda@pec.example',
): Buffer {
  const inner = mail(
    [`From: ${sender}`, `To: ${recipient}`, `Subject: ${subject}`],
    multipart('mixed', 'allegati', [
      ...files,
      { headers: ['Content-Type: text/plain; charset=utf-8'], body: 'Testo della mail' },
    ]),
  );
  const own = [`Subject: POSTA CERTIFICATA: ${subject}`, 'X-Trasporto: posta-certificata'];
  const message = {
    headers: [
      'Content-Type: message/rfc822; name="postacert.eml"',
      'Content-Disposition: inline; filename="postacert.eml"',
    ],
    body: inner,
  };
  return providersMail([...own, ...headers], daticert({ type: 'posta-certificata', sender, subject, recipient }), [
    message,
  ]);
}
