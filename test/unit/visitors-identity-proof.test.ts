import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { keptAddress } from '../../src/people/domain/kept-address.js';
import { proveIdentity, readPublicKey, type ProvingKey } from '../../src/visitors/identity/domain/prove.js';

const NOW = new Date('2026-06-10T03:00:00.000Z');
const seconds = NOW.getTime() / 1_000;
const SECRET = 'dnb_is_the-secret-of-now';
const OLD = 'dnb_is_the-secret-before';
const pair = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const shared: ProvingKey = { kind: 'shared', secret: SECRET };
const before: ProvingKey = { kind: 'shared', secret: OLD };
const ed25519: ProvingKey = { kind: 'ed25519', key: readPublicKey(pem)! };
const ALL = [shared, before, ed25519];

const hash = (secret: string, userId = 'min') => createHmac('sha256', secret).update(userId).digest('hex');
const text = (secret: string) => new TextEncoder().encode(secret);
type Claims = Record<string, unknown>;
const GOOD = { sub: 'min', iat: seconds - 10, exp: seconds + 3_600 };
const hs256 = (claims: Claims = GOOD, secret = SECRET, alg = 'HS256') => new SignJWT(claims).setProtectedHeader({ alg }).sign(text(secret));
const eddsa = (claims: Claims = GOOD, key = pair.privateKey) => new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(key);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What the classic attack sends: HS256 with the public key, which everybody has, as the secret. */
function confused(): string {
  const signed = `${part({ alg: 'HS256' })}.${part(GOOD)}`;
  return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
}
/** A token of the right key whose claims were changed afterwards. */
async function tampered(): Promise<string> {
  const [header, , signature] = (await hs256({ ...GOOD, sub: 'eve' })).split('.');
  return `${header}.${part(GOOD)}.${signature}`;
}
const signedBy = (header: object, key = pair.privateKey) => {
  const signed = `${part(header)}.${part(GOOD)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
};

const hashes: [string, string, ProvingKey[], string | true][] = [
  ['the secret of now', hash(SECRET), ALL, true],
  ['in capital letters', hash(SECRET).toUpperCase(), ALL, true],
  ['the secret before, while it is active', hash(OLD), ALL, true],
  ['the secret before, revoked', hash(OLD), [shared], 'wrong_hash'],
  ['a wrong secret', hash('guess'), ALL, 'wrong_hash'],
  ['the hash of another user', hash(SECRET, 'eve'), ALL, 'wrong_hash'],
  ['a part of the right hash', hash(SECRET).slice(0, 63), ALL, 'wrong_hash'],
  ['more than the right hash', `${hash(SECRET)}0`, ALL, 'wrong_hash'],
  ['no hexadecimal', 'z'.repeat(64), ALL, 'wrong_hash'],
  ['when only a public key is known', hash(SECRET), [ed25519], 'wrong_hash'],
  ['when no secret is known', hash(SECRET), [], 'no_secret'],
];
test.each(hashes)('user hash: %s', async (_, userHash, keys, expected) => {
  const proof = await proveIdentity({ userId: 'min', userHash }, keys, NOW);
  expect(proof.ok ? true : proof.reason).toBe(expected);
});

const tokens: [string, () => Promise<string> | string, ProvingKey[], string | true][] = [
  ['HS256, the secret of now', () => hs256(), ALL, true],
  ['HS256, the secret before, while it is active', () => hs256(GOOD, OLD), ALL, true],
  ['HS256, the secret before, revoked', () => hs256(GOOD, OLD), [shared], 'wrong_signature'],
  ['HS256, a wrong secret', () => hs256(GOOD, 'guess'), ALL, 'wrong_signature'],
  ['EdDSA', () => eddsa(), ALL, true],
  ['EdDSA by its newer name', () => signedBy({ alg: 'Ed25519' }), ALL, true],
  ['EdDSA of a stranger', () => eddsa(GOOD, stranger.privateKey), ALL, 'wrong_signature'],
  ['user_id in place of sub', () => hs256({ ...GOOD, sub: 'internal-7', user_id: 'min' }), ALL, true],
  ['another user', () => hs256({ ...GOOD, sub: 'eve' }), ALL, 'other_user'],
  ['user_id of another user, sub of this one', () => hs256({ ...GOOD, user_id: 'eve' }), ALL, 'other_user'],
  ['no user', () => hs256({ iat: GOOD.iat, exp: GOOD.exp }), ALL, 'missing_claim'],
  ['changed after signing', () => tampered(), ALL, 'wrong_signature'],
  ['alg none', () => new UnsecuredJWT(GOOD).encode(), ALL, 'wrong_algorithm'],
  ['alg none with a signature', () => signedBy({ alg: 'none' }), ALL, 'wrong_algorithm'],
  ['alg HS256 signed with the public key', () => confused(), ALL, 'wrong_signature'],
  ['alg HS256 signed with the public key, no shared secret', () => confused(), [ed25519], 'wrong_algorithm'],
  ['alg EdDSA with an HMAC', async () => `${part({ alg: 'EdDSA' })}.${(await hs256()).split('.').slice(1).join('.')}`, ALL, 'wrong_signature'],
  ['HS512, which is not taken', () => hs256(GOOD, SECRET, 'HS512'), ALL, 'wrong_algorithm'],
  ['a critical header nobody knows', () => signedBy({ alg: 'EdDSA', crit: ['x'], x: 1 }), ALL, 'malformed_token'],
  ['expired', () => hs256({ ...GOOD, exp: seconds - 120 }), ALL, 'expired'],
  ['expired within the tolerance of clocks', () => hs256({ ...GOOD, exp: seconds - 30 }), ALL, true],
  ['no exp', () => hs256({ sub: 'min', iat: seconds }), ALL, 'missing_claim'],
  ['no iat', () => hs256({ sub: 'min', exp: seconds + 60 }), ALL, 'missing_claim'],
  ['exp as text', () => hs256({ ...GOOD, exp: String(seconds + 60) }), ALL, 'missing_claim'],
  ['made in the future', () => hs256({ ...GOOD, iat: seconds + 600 }), ALL, 'not_yet_valid'],
  ['nbf in the future', () => hs256({ ...GOOD, nbf: seconds + 600 }), ALL, 'not_yet_valid'],
  ['24 hours', () => hs256({ ...GOOD, exp: GOOD.iat + 24 * 3_600 }), ALL, true],
  ['more than 24 hours', () => hs256({ ...GOOD, exp: GOOD.iat + 24 * 3_600 + 1 }), ALL, 'lives_too_long'],
  ['no token', () => 'hello', ALL, 'malformed_token'],
  ['three parts of nothing', () => 'a.b.c', ALL, 'malformed_token'],
  ['a token of one part', () => part({ alg: 'HS256' }), ALL, 'malformed_token'],
  ['when no secret is known', () => hs256(), [], 'no_secret'],
];
test.each(tokens)('token: %s', async (_, make, keys, expected) => {
  const proof = await proveIdentity({ userId: 'min', jwt: await make() }, keys, NOW);
  expect(proof.ok ? true : proof.reason).toBe(expected);
});

describe('beside', () => {
  test('the same token proves again and again until it expires', async () => {
    const jwt = await hs256();
    const at = (ms: number) => proveIdentity({ userId: 'min', jwt }, ALL, new Date(NOW.getTime() + ms));
    expect([await at(0), await at(1_000), await at(3_600_000)].map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await at(3_661_000)).toMatchObject({ ok: false, reason: 'expired' });
  });

  test('a token decides where both are sent, and what it says beside the id is handed on', async () => {
    const jwt = await hs256({ ...GOOD, email: 'min@example.com', plan: 'pro', aud: 'danbi' });
    expect(await proveIdentity({ userId: 'min', jwt, userHash: 'wrong' }, ALL, NOW)).toEqual({ ok: true, signed: new Map([['email', 'min@example.com'], ['plan', 'pro']]) });
    expect(await proveIdentity({ userId: 'min', jwt: 'a.b.c', userHash: hash(SECRET) }, ALL, NOW)).toMatchObject({ ok: false, reason: 'malformed_token' });
    expect(await proveIdentity({ userId: 'min' }, ALL, NOW)).toMatchObject({ ok: false, reason: 'missing' });
  });

  test('only public Ed25519 keys are taken in', () => {
    expect(readPublicKey(pem)).not.toBeNull();
    expect(readPublicKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toBeNull();
    expect(readPublicKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString())).toBeNull();
    expect(readPublicKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')).toBeNull();
    expect(createPublicKey(pem).equals(readPublicKey(`\n${pem}`)!)).toBe(true);
  });
});

test.each([
  ['203.0.113.77', '203.0.113.0'],
  ['2001:db8:1234:5678::1', '2001:db8:1234::'],
  ['2001:0db8:0000:0001:2:3:4:5', '2001:db8:0::'],
  ['::1', '0:0:0::'],
  ['fe80::1%eth0', 'fe80:0:0::'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['not an address', undefined],
])('of the address %s only %s is kept', (address, expected) => {
  expect([keptAddress(address, 'truncated'), keptAddress(address, 'none'), keptAddress(address, 'full')]).toEqual([expected, undefined, address]);
});
