import { createSign, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** Just enough of DER (X.690) for a self-signed certificate: Node reads certificates and makes none. */
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const utcTime = (at: Date) => der(0x17, Buffer.from(`${at.toISOString().replace(/^..|[-:T]|\..*$/g, '').slice(0, 12)}Z`));
const SHA256_WITH_RSA = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex'));

export interface TestCertificate { pem: string; privateKey: KeyObject }

/** A self-signed RSA certificate, valid between two moments. */
export function makeCertificate(from: Date, to: Date): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('sns.amazonaws.com')))));
  const body = sequence(der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1])), SHA256_WITH_RSA, name, sequence(utcTime(from), utcTime(to)), name, publicKey.export({ format: 'der', type: 'spki' }));
  const whole = sequence(body, SHA256_WITH_RSA, der(0x03, Buffer.from([0]), sign('sha256', body, privateKey)));
  return { pem: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`, privateKey };
}

/** The signature of Amazon SNS over a message; fields as in its documentation. Written apart from the code under test. */
export function signAsSns(message: Record<string, unknown>, { privateKey }: TestCertificate): string {
  const names = message.Type === 'Notification' ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const signer = createSign(message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1');
  for (const name of names) if (name in message) signer.write(`${name}\n${String(message[name])}\n`);
  signer.end();
  return signer.sign(privateKey, 'base64');
}
