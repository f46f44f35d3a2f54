import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { authenticate, dkimVerify } from 'mailauth';

/** Answers DNS questions from a table of TXT and MX records, as a zone of ours would. */
export interface Zone { txt: Record<string, string>; mx?: Record<string, string[]>; a?: Record<string, string[]> }

const unknown = (name: string) => Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' });

/** The resolver that mailauth asks. */
export const resolverOf = (zone: Zone) => (name: string, type: string): Promise<string[][]> => {
  const { txt, mx, a } = zone;
  const key = name.toLowerCase();
  if (type === 'TXT' && txt[key] !== undefined) return Promise.resolve([txt[key].match(/.{1,255}/gs)!]);
  if (type === 'MX' && mx?.[key]) return Promise.resolve(mx[key].map((exchange) => ({ exchange, priority: 10 })) as unknown as string[][]);
  if (type === 'A' && a?.[key]) return Promise.resolve(a[key] as unknown as string[][]);
  return Promise.reject(unknown(name));
};

export interface TestKey { privateKey: KeyObject; pem: string; record: string }

export function testKey(modulusLength = 2048): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    record: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  };
}

/** What mailauth says about the first signature: `pass`, `fail`, `none` … and which fields it covers. */
export async function mailauthVerdict(raw: Buffer, zone: Zone): Promise<{ result: string; fields: string[] }> {
  const { results } = await dkimVerify(raw, { resolver: resolverOf(zone) });
  const first = results[0] as { status: { result: string }; signingHeaders?: { keys: string } } | undefined;
  return { result: first?.status.result ?? 'none', fields: (/\bh=([^;]*);/.exec(raw.toString('latin1').replaceAll(/\r\n[ \t]+/g, ''))?.[1] ?? '').toLowerCase().split(':') };
}

/** SPF, DKIM and DMARC as a receiver would see them. */
export async function receiverVerdicts(raw: Buffer, sender: string, ip: string, zone: Zone): Promise<{ spf: string; dkim: string; dmarc: string; aligned: { spf: unknown; dkim: unknown } }> {
  const { spf, dkim, dmarc } = await authenticate(raw, { ip, helo: 'mta.example.net', mta: 'mx.example.org', sender, resolver: resolverOf(zone), disableBimi: true, disableArc: true });
  if (!spf || !dkim || !dmarc) throw new Error('mailauth gave no verdict');
  return { spf: spf.status.result, dkim: dkim.results[0]?.status.result ?? 'none', dmarc: dmarc.status.result, aligned: { spf: dmarc.alignment?.spf?.result, dkim: dmarc.alignment?.dkim?.result } };
}
