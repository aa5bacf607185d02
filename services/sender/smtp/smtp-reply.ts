// sender: cuts what a mail server says into replies, within strict bounds.

/** One complete reply, its lines joined (RFC 5321 §4.2.1). */
export interface SmtpReply {
  readonly code: number;
  /** `2.1.0` and the like (RFC 2034), from the first line. */
  readonly enhancedCode: string | undefined;
  /** Every line's text without the codes. */
  readonly lines: readonly string[];
  /** All lines in one, the enhanced code taken off. */
  readonly text: string;
}

/** Reads replies as bytes come in. */
export interface SmtpReplyReader {
  /** Takes the next bytes; gives the replies they complete; throws an Error on what is no SMTP or too long. */
  push(chunk: Buffer): SmtpReply[];
  /** True while part of a reply waits for the rest. */
  hasRest(): boolean;
}

// RFC 5321 §4.5.3.1.5 allows 512 bytes a line; some servers say more, none needs this much.
const lineBytesMax = 4_096;
const replyLinesMax = 256;

/**
 * Makes a reader for one connection.
 * Replies end lines with CRLF (a bare LF is taken too); text is read as Latin-1, so no bytes are invalid. A line over
 * 4 KiB, a reply over 256 lines, or codes that differ inside one reply are errors.
 */
export function createReplyReader(): SmtpReplyReader {
  let rest = '';
  let open: string[] = [];
  let openCode = '';

  function takeLine(line: string): SmtpReply | undefined {
    const code = codeOf(line);
    if (open.length > 0 && code !== openCode) throw new Error(`a reply changed its code from ${openCode} to ${code}`);
    if (open.length >= replyLinesMax) throw new Error(`a reply has more than ${replyLinesMax} lines`);
    open.push(line.slice(4));
    openCode = code;
    if (line[3] === '-') return undefined;
    const reply = toReply(Number(code), open);
    open = [];
    return reply;
  }

  function push(chunk: Buffer): SmtpReply[] {
    const replies: SmtpReply[] = [];
    const text = rest + chunk.toString('latin1');
    let from = 0;
    for (let end = text.indexOf('\n', from); end !== -1; end = text.indexOf('\n', from)) {
      if (end - from > lineBytesMax) throw tooLong();
      const line = text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end);
      from = end + 1;
      const reply = takeLine(line);
      if (reply !== undefined) replies.push(reply);
    }
    rest = text.slice(from);
    if (rest.length > lineBytesMax) throw tooLong();
    return replies;
  }

  return { push, hasRest: () => rest !== '' || open.length > 0 };
}

function codeOf(line: string): string {
  const match = /^([2-5][0-9]{2})(?:[ -]|$)/.exec(line);
  if (match?.[1] === undefined) throw new Error(`"${printable(line)}" is no SMTP reply`);
  return match[1];
}

function toReply(code: number, texts: readonly string[]): SmtpReply {
  const lines = texts.map(printable);
  const enhancedCode = /^([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)/.exec(lines[0] ?? '')?.[1];
  const prefix = enhancedCode ?? '';
  const bare = lines.map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line));
  return {
    code,
    enhancedCode,
    lines,
    text: bare
      .map((line) => line.trim())
      .join(' ')
      .trim(),
  };
}

// A server's words end up in logs and pages: control characters would let it write lines of its own there.
function printable(text: string): string {
  return text.slice(0, lineBytesMax).replace(/[\x00-\x1f\x7f-\x9f]/g, '?');
}

function tooLong(): Error {
  return new Error(`a reply line is longer than ${lineBytesMax} bytes`);
}
