// A bare SMTP client and sample mails for the sandbox's tests.
import { connect } from 'node:net';

/**
 * Sends one mail, a command at a time.
 * @param port the mail server's port on 127.0.0.1
 * @param raw the message with CRLF; must hold no line that is a lone dot
 * @param to the recipient
 * @param from the envelope sender
 * @returns the last reply; `cut` where the server hung up
 */
export async function sendMail(
  port: number,
  raw: Buffer,
  to = 'sdi01@pec.fatturapa.it',
  from = 'hub@pec.example.it',
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const commands: Array<string | Buffer> = [
    'EHLO test\r\n',
    `MAIL FROM:<${from}>\r\n`,
    `RCPT TO:<${to}>\r\n`,
    'DATA\r\n',
    Buffer.concat([raw, Buffer.from('\r\n.\r\n')]),
  ];
  return new Promise((resolve, reject) => {
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      if (!/^\d{3} .*\r\n$/m.test(heard)) return;
      const reply = heard.trim();
      heard = '';
      const command = /^[45]/.test(reply) ? undefined : commands.shift();
      if (command !== undefined) return void socket.write(command);
      socket.destroy();
      resolve(reply);
    });
    socket.once('close', () => resolve('cut'));
    socket.once('error', reject);
  });
}

/** What a sample mail is made of. */
export interface Sample {
  readonly fileName?: string;
  readonly content?: Buffer;
  readonly subject?: string;
  readonly correlationId?: string;
}

/** Composes a mail of the hub's shape. */
export function sampleMail(sample: Sample = {}): Buffer {
  const {
    fileName = 'IT01234567890_00001.xml',
    content = Buffer.from('<x/>'),
    subject = fileName,
    correlationId = 'order-7',
  } = sample;
  const lines = [
    'From: hub@pec.example.it',
    'To: sdi01@pec.fatturapa.it',
    `Subject: ${subject}`,
    'Date: Sun, 22 Nov 2026 09:15:30 +0000',
    `Message-ID: <${fileName}@pec.example.it>`,
    `X-Correlation-ID: ${correlationId}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed;',
    ' boundary="=_b"',
    '',
    '--=_b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'See the attachment.',
    '--=_b',
    `Content-Type: application/xml; name="${fileName}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${fileName}"`,
    '',
    content.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--=_b--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
