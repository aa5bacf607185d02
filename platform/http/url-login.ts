// platform: a URL with a login in it (`http://user:secret@host`) split into what is called and what is sent.

/** A URL that can be called and shown, and the header that its login asks for. */
export interface CallableUrl {
  /** Without login and without slashes at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a text is an absolute http(s) URL. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/**
 * Takes the login out of a URL (RFC 3986 userinfo) and makes the Basic header of it (RFC 7617, UTF-8).
 * @param text an absolute http(s) URL
 * @throws TypeError where the text is no URL; the text is not in the message, for it may hold a password
 */
export function splitLogin(text: string): CallableUrl {
  if (!isHttpUrl(text)) throw new TypeError('the address is no http(s) URL: write http://host:port/path');
  const url = new URL(text);
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  url.username = '';
  url.password = '';
  return { url: url.href.replace(/\/+$/, ''), headers };
}
