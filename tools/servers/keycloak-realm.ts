// Real servers for tests: the Keycloak realm of an imaginary company: its people, its programs and who may what.
import type { Realm } from './keycloak.ts';

/** The client of the gateway's own pages: code with PKCE, without a secret unless the test gives one. */
export const webClientId = 'staffetta-web';

/** A program of a customer: signs in by client credentials, has the role CUSTOMER. */
export const customerProgram = { clientId: 'gestionale', clientSecret: 'only-for-tests-gestionale' } as const;

/** A program of the operator: signs in by client credentials, has the role ARUBA. */
export const operatorProgram = { clientId: 'operations', clientSecret: 'only-for-tests-operations' } as const;

/** A person of the customer, role CUSTOMER. */
export const customerPerson = { username: 'ada', password: 'only-for-tests-ada' } as const;

/** A person of the operator, role ARUBA. */
export const operatorPerson = { username: 'olga', password: 'only-for-tests-olga' } as const;

export type RealmWishes = {
  /** Where the browser may be sent back to; `*` at the end stands for anything. */
  redirectUris?: readonly string[];
  /** Where Keycloak posts a logout token when a session ends; none by default. */
  backChannelLogoutUrl?: string;
  /** Makes the web client a confidential one; PKCE stays asked for. */
  webClientSecret?: string;
  /** The customer that the claim `customer` of `customerPerson` and `customerProgram` names; default 1. */
  customerId?: string;
  /** The `aud` that every access token carries besides Keycloak's own; default `staffetta`. */
  audience?: string;
  /** How long an access token lives; default 300. */
  accessTokenSeconds?: number;
};

/**
 * The realm `staffetta`. Its tokens carry roles as Keycloak writes them (`realm_access.roles`), the customer in the
 * claim `customer`, and the audience. The web client also takes a name and password directly, for tests without a
 * browser.
 */
export function companyRealm(wishes: RealmWishes = {}): Realm {
  const { customerId = '1', audience = 'staffetta' } = wishes;
  const mappers = [customerMapper, audienceMapper(audience)];
  return {
    realm: 'staffetta',
    enabled: true,
    sslRequired: 'none',
    accessTokenLifespan: wishes.accessTokenSeconds ?? 300,
    roles: { realm: ['SDI', 'ARUBA', 'CUSTOMER'].map((name) => ({ name })) },
    components: { 'org.keycloak.userprofile.UserProfileProvider': [freeAttributes] },
    clients: [webClient(wishes, mappers), ...[customerProgram, operatorProgram].map((own) => program(own, mappers))],
    users: [
      person(customerPerson, 'CUSTOMER', customerId),
      person(operatorPerson, 'ARUBA'),
      programUser(customerProgram, 'CUSTOMER', customerId),
      programUser(operatorProgram, 'ARUBA'),
    ],
  };
}

const customerMapper = {
  name: 'customer',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: {
    'user.attribute': 'customer',
    'claim.name': 'customer',
    'jsonType.label': 'String',
    'access.token.claim': 'true',
    'id.token.claim': 'true',
    'userinfo.token.claim': 'true',
  },
};

function audienceMapper(audience: string) {
  return {
    name: 'audience',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: { 'included.custom.audience': audience, 'access.token.claim': 'true' },
  };
}

// Without this a user keeps only the attributes that the realm's profile lists, and `customer` is not among them.
const freeAttributes = {
  providerId: 'declarative-user-profile',
  config: {
    'kc.user.profile.config': [
      JSON.stringify({
        unmanagedAttributePolicy: 'ENABLED',
        attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({
          name,
          permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
        })),
      }),
    ],
  },
};

function webClient(wishes: RealmWishes, protocolMappers: readonly unknown[]) {
  const { webClientSecret, backChannelLogoutUrl, redirectUris = ['http://127.0.0.1:*', 'http://localhost:*'] } = wishes;
  const logout = { 'backchannel.logout.session.required': 'true', 'backchannel.logout.url': backChannelLogoutUrl };
  return {
    clientId: webClientId,
    publicClient: webClientSecret === undefined,
    ...(webClientSecret !== undefined && { secret: webClientSecret }),
    standardFlowEnabled: true,
    directAccessGrantsEnabled: true,
    redirectUris,
    attributes: {
      'pkce.code.challenge.method': 'S256',
      'post.logout.redirect.uris': '+',
      ...(backChannelLogoutUrl !== undefined && logout),
    },
    protocolMappers,
  };
}

type Program = { readonly clientId: string; readonly clientSecret: string };

function program({ clientId, clientSecret }: Program, protocolMappers: readonly unknown[]) {
  return {
    clientId,
    secret: clientSecret,
    publicClient: false,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    protocolMappers,
  };
}

function programUser({ clientId }: Program, role: string, customerId?: string) {
  return {
    username: `service-account-${clientId}`,
    enabled: true,
    serviceAccountClientId: clientId,
    realmRoles: [role],
    ...(customerId !== undefined && { attributes: { customer: [customerId] } }),
  };
}

function person(who: { username: string; password: string }, role: string, customerId?: string) {
  return {
    username: who.username,
    enabled: true,
    // Whoever lacks one of these is asked for it at the first sign-in.
    email: `${who.username}@example.it`,
    emailVerified: true,
    firstName: who.username,
    lastName: 'Test',
    credentials: [{ type: 'password', value: who.password, temporary: false }],
    realmRoles: [role],
    ...(customerId !== undefined && { attributes: { customer: [customerId] } }),
  };
}
