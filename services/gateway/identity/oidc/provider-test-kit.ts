// gateway: for its tests: an identity provider that speaks the real protocol (oidc-provider), and whoever signs in at it.
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

/** Where the gateway under test says that it lives; the test's browser and provider know where it really is. */
export const publicUrl = 'https://hub.example.it';
/** The audience of tokens for the hub. */
export const audience = 'urn:staffetta';

/** The claims of an account besides `sub`. */
export type AccountClaims = Record<string, unknown>;

/** A provider under test. */
export interface TestProvider {
  readonly issuer: string;
  /** Accounts by `sub`, and programs by their client id: what their tokens say. Tests change them. */
  readonly accounts: Map<string, AccountClaims>;
  /** Who is signed in at the provider by the next browser that comes without a session of its. */
  person: string;
  /** The paths that were asked for, in order. */
  readonly seen: string[];
  /** Where requests to the public address really go. */
  hub: string;
  /** Signs whatever a test wants with the provider's own key. */
  sign(claims: Record<string, unknown>, header?: Partial<JWTHeaderParameters>, key?: CryptoKey): Promise<string>;
  /** A token by client credentials. */
  tokenOf(clientId: string, more?: Record<string, string>): Promise<string>;
  /** Its public keys as it publishes them. */
  keys(): Promise<JWK[]>;
  /** Makes another key the one that signs, as after a rotation; the old one is published no longer. */
  rotate(): Promise<void>;
  /** Holds the next answer with an ID token back: it is made, and on its way until the test lets it go. */
  holdNextToken(): HeldToken;
  /** Falls silent: connections are refused. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

/** An answer with an ID token that is held back. */
export interface HeldToken {
  /** Gives the claims of the ID token once it is made. */
  readonly made: Promise<JWTPayload>;
  release(): void;
}

/** What a test wants otherwise. */
export interface ProviderWishes {
  /** Whether roles stand in the ID token; otherwise the provider is asked for them. */
  readonly rolesInIdToken?: boolean;
  readonly accessTokenSeconds?: number;
  readonly refreshTokens?: boolean;
}

const secret = 'only-for-tests-secret';

function clientsOf() {
  const program = (client_id: string) => ({
    client_id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  });
  const web = {
    client_id: 'hub-web',
    client_secret: secret,
    redirect_uris: [`${publicUrl}/signin/callback`],
    post_logout_redirect_uris: [`${publicUrl}/`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    backchannel_logout_uri: `${publicUrl}/signout/backchannel`,
    backchannel_logout_session_required: true,
  };
  return [web, program('erp'), program('opaque-erp'), program('other-erp')];
}

/** The settings of a gateway that believes this provider. */
export function hubSettings(provider: Pick<TestProvider, 'issuer'>) {
  return {
    publicUrl,
    // However busy the machine is.
    oidcTimeoutMs: 60_000,
    sessionStoreTimeoutMs: 60_000,
    oidcIssuers: [provider.issuer],
    oidcClientId: 'hub-web',
    oidcClientSecret: secret,
    oidcAudiences: [audience],
    oidcRoleMap: ['invoice-admin:ARUBA', 'sdi:SDI', 'cliente:CUSTOMER'],
  };
}

async function newKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = {
    ...(await exportJWK(privateKey)),
    kid: `key-${Math.random().toString(36).slice(2)}`,
    use: 'sig',
    alg: 'RS256',
  };
  return { privateKey, jwk };
}

interface State {
  readonly accounts: Map<string, AccountClaims>;
  person: string;
  hub: string;
}

function configuration(state: State, jwk: JWK, wishes: ProviderWishes): Configuration {
  const claimsOf = (sub: string) => state.accounts.get(sub) ?? {};
  return {
    clients: clientsOf(),
    jwks: { keys: [jwk] },
    cookies: { keys: ['only-for-tests'] },
    claims: { openid: ['sub'], profile: ['preferred_username', 'roles', 'customer_id'] },
    conformIdTokenClaims: wishes.rolesInIdToken === false,
    ttl: {
      AccessToken: wishes.accessTokenSeconds ?? 300,
      ClientCredentials: 300,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
    rotateRefreshToken: true,
    issueRefreshToken: async () => wishes.refreshTokens !== false,
    findAccount: (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...claimsOf(accountId) }) }),
    extraTokenClaims: (_ctx, token) => claimsOf(token.clientId ?? ''),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    async loadExistingGrant(ctx: KoaContextWithOIDC) {
      const { client, session, provider } = ctx.oidc;
      const known = session!.grantIdFor(client!.clientId);
      if (known !== undefined) return provider.Grant.find(known);
      const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true, allowedPolicy: async () => true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        // One click less than a person has: the form goes out by itself in a browser, and by the test here.
        logoutSource: async (ctx, form) => {
          ctx.body = form;
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx, client) => (client?.clientId === 'hub-web' ? [] : audience),
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, resource, client) => ({
          scope: 'invoices.read hub',
          audience: resource,
          accessTokenFormat: client.clientId === 'opaque-erp' ? ('opaque' as const) : ('jwt' as const),
          jwt: { sign: { alg: 'RS256' as const } },
        }),
      },
    },
    // The provider posts logout tokens to the address that browsers know.
    fetch: (url, options) => {
      const address = String(url).replace(publicUrl, state.hub);
      const { method, headers, body } = options as RequestInit;
      return fetch(address, { method: method ?? 'GET', headers: headers ?? {}, body: body ?? null });
    },
  };
}

/** What happens to the next answer with an ID token. */
interface Hold {
  onMade(claims: JWTPayload): void;
  readonly released: Promise<void>;
}

function makeProvider(issuer: string, configured: Configuration, takeHold: () => Hold | undefined): Provider {
  const provider = new Provider(issuer, configured);
  provider.use(async (ctx, next) => {
    await next();
    const { id_token: token } = (ctx.body ?? {}) as { readonly id_token?: string };
    const hold = token === undefined ? undefined : takeHold();
    hold?.onMade(decodeJwt(token!));
    await hold?.released;
  });
  return provider;
}

/** Signs the state's person in, as if a form had been filled in. */
async function interact(provider: Provider, state: State, incoming: IncomingMessage, answer: ServerResponse) {
  await provider.interactionDetails(incoming, answer);
  await provider.interactionFinished(incoming, answer, { login: { accountId: state.person } });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/**
 * Starts a provider on a port of its own. It knows the accounts `ada` (a customer's) and `olga` (an administrator), and programs.
 * @param wishes what the test wants otherwise
 */
export async function startProvider(wishes: ProviderWishes = {}): Promise<TestProvider> {
  const accounts = new Map<string, AccountClaims>([
    ['ada', { preferred_username: 'ada', roles: ['cliente'], customer_id: 2 }],
    ['olga', { preferred_username: 'olga', roles: ['invoice-admin', 'other'] }],
    ['nemo', { preferred_username: 'nemo', roles: ['other'] }],
    ['erp', { roles: ['cliente'], customer_id: '2' }],
    ['other-erp', { roles: ['invoice-admin'] }],
    ['opaque-erp', { roles: ['invoice-admin'] }],
  ]);
  const state: State = { accounts, person: 'ada', hub: publicUrl };
  const seen: string[] = [];
  let key = await newKey();
  let provider: Provider | undefined;
  let hold: Hold | undefined;
  const takeHold = (): Hold | undefined => {
    const taken = hold;
    hold = undefined;
    return taken;
  };
  const server = createServer((incoming, answer) => {
    seen.push(`${incoming.method} ${incoming.url?.split('?', 1)[0]}`);
    if (!provider) return void answer.writeHead(503).end();
    if (!incoming.url?.startsWith('/interaction/')) return void provider.callback()(incoming, answer);
    interact(provider, state, incoming, answer).catch((error: unknown) => answer.writeHead(500).end(String(error)));
  });
  const port = await listen(server, 0);
  const issuer = `http://127.0.0.1:${port}`;
  const make = (): Provider => makeProvider(issuer, configuration(state, key.jwk, wishes), takeHold);
  provider = make();

  return {
    issuer,
    accounts,
    seen,
    get person() {
      return state.person;
    },
    set person(sub) {
      state.person = sub;
    },
    get hub() {
      return state.hub;
    },
    set hub(url) {
      state.hub = url;
    },
    sign: (claims, header = {}, own = key.privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.jwk.kid, ...header }).sign(own),
    async tokenOf(clientId, more = {}) {
      const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...more });
      const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body });
      const { access_token: token } = (await answer.json()) as { access_token?: string };
      if (token === undefined) throw new Error(`${clientId} got no token: ${answer.status}`);
      return token;
    },
    async keys() {
      return ((await (await fetch(`${issuer}/jwks`)).json()) as { keys: JWK[] }).keys;
    },
    async rotate() {
      key = await newKey();
      provider = make();
    },
    holdNextToken() {
      const made = Promise.withResolvers<JWTPayload>();
      const released = Promise.withResolvers<void>();
      hold = { onMade: made.resolve, released: released.promise };
      return { made: made.promise, release: released.resolve };
    },
    away: () => close(server),
    back: async () => void (await listen(server, port)),
    stop: () => close(server),
  };
}
