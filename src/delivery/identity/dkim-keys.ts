import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../../kernel/errors.js';
import { keysMatch } from './dkim-signer.js';

/** A signing key as it is stored. */
export interface KeyMaterial {
  /** PKCS #8 PEM. */
  privateKey: string;
  /** Base64 of the DER, as `p=` in DNS. */
  publicKey: string;
}

const BITS = 2048;
/** Receivers ignore shorter keys (RFC 8301, 3.2), and few verify longer ones. */
const FEWEST_BITS = 1024;
const MOST_BITS = 4096;

/** A new RSA-2048 key; Ed25519 is not verified by the large receivers. */
export async function generateDkimKey(): Promise<KeyMaterial> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS });
  return materialOf(privateKey);
}

/**
 * A key the operator brings. It must be able to sign before anything is stored: other software sends unsigned when it can not.
 *
 * @throws sending-domain.bad-key for what is no unencrypted RSA key of 1024 to 4096 bits
 */
export function importDkimKey(pem: string): KeyMaterial {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    throw badKey('This is not a private key in PEM form without a passphrase.');
  }
  if (key.asymmetricKeyType !== 'rsa') throw badKey(`This is a key of type ${key.asymmetricKeyType ?? 'unknown'}. DKIM needs RSA here: the large receivers verify nothing else.`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < FEWEST_BITS || bits > MOST_BITS) throw badKey(`This RSA key has ${bits} bits. It must have ${FEWEST_BITS} to ${MOST_BITS}, better ${BITS}.`);
  return materialOf(key);
}

/**
 * The key ready to sign, proved by a signature that the public half verifies.
 *
 * @throws {Error} when it can not sign, or not for what is published
 */
export function openDkimKey({ privateKey, publicKey }: KeyMaterial): KeyObject {
  const key = createPrivateKey(privateKey);
  if (!keysMatch(key, publicKey)) throw new Error('the private key does not belong to the published one');
  return key;
}

function materialOf(key: KeyObject): KeyMaterial {
  const material = {
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
  };
  try {
    openDkimKey(material);
  } catch {
    throw badKey('This key can not make a signature that its public half verifies.');
  }
  return material;
}

const badKey = (message: string) => new AppError('sending-domain.bad-key', message, 'invalid', [{ path: 'privateKey', code: 'sending-domain.bad-key', message }]);
