/** A text for people. */
export interface Words { en: string; ko: string }

/** What is looked for in DNS: our key, the one it is to be changed to, who may send, what receivers shall do, where bounces go. */
export type RecordKind = 'dkim' | 'dkim_next' | 'spf' | 'dmarc' | 'return_path';

/** A record to be published. */
export interface PublishRecord {
  kind: RecordKind;
  type: 'TXT' | 'MX';
  name: string;
  value: string;
  /** The value in strings of at most 255 octets, as zone files need it (RFC 1035, 3.3.14). */
  strings: string[];
  why: Words;
}

/** What the records of a domain depend on. */
export interface DomainPlan {
  domain: string;
  bounceDomain: string | null;
  keys: readonly { selector: string; publicKey: string; state: 'next' | 'active' | 'retired' }[];
  /** What SPF must name for our relays, such as `include:amazonses.com`; empty when it can not be told. */
  spf: readonly string[];
  /** The host that takes bounces in. */
  returnHost: string;
}

export const dkimName = (selector: string, domain: string): string => `${selector}._domainkey.${domain}`;
export const dkimValue = (publicKey: string): string => `v=DKIM1; k=rsa; p=${publicKey}`;
/** The domain whose SPF record receivers read: that of the envelope sender (RFC 7208, 2.4). */
export const envelopeDomain = ({ domain, bounceDomain }: Pick<DomainPlan, 'domain' | 'bounceDomain'>): string => bounceDomain ?? domain;

/** The records a domain needs, in the order to publish them. */
export function recordsOf(plan: DomainPlan): PublishRecord[] {
  return [
    ...plan.keys.filter(({ state }) => state !== 'retired').map(({ selector, publicKey, state }) => state === 'active'
      ? record('dkim', 'TXT', dkimName(selector, plan.domain), dkimValue(publicKey), { en: 'Lets receivers verify that a message is from you and was not changed.', ko: '메일이 귀사에서 보낸 것이고 변경되지 않았음을 수신 서버가 확인합니다.' })
      : record('dkim_next', 'TXT', dkimName(selector, plan.domain), dkimValue(publicKey), { en: 'The next key. Publish it beside the present one, then switch.', ko: '다음 키입니다. 현재 키와 함께 게시한 뒤 전환하세요.' })),
    record('spf', 'TXT', envelopeDomain(plan), `v=spf1 ${plan.spf.join(' ') || 'mx'} ~all`, plan.spf.length === 0
      ? { en: 'Names the servers that may send for you. Replace "mx" by what your mail server\'s provider says.', ko: '귀사를 대신해 보낼 수 있는 서버를 지정합니다. "mx" 대신 메일 서버 제공자가 안내하는 값을 쓰세요.' }
      : { en: 'Names the servers that may send for you. With an SPF record there already, add only the middle part to it.', ko: '귀사를 대신해 보낼 수 있는 서버를 지정합니다. SPF 레코드가 이미 있으면 가운데 부분만 추가하세요.' }),
    record('dmarc', 'TXT', `_dmarc.${plan.domain}`, 'v=DMARC1; p=none', { en: 'Tells receivers what to do with mail that only pretends to be yours. Begin with p=none.', ko: '사칭 메일을 수신 서버가 어떻게 처리할지 알립니다. p=none으로 시작하세요.' }),
    ...(plan.bounceDomain === null ? [] : [record('return_path', 'MX', plan.bounceDomain, `10 ${plan.returnHost}.`, { en: 'Brings returned messages back here, so that dead addresses are not written to again.', ko: '반송 메일을 이곳으로 받아, 없는 주소에 다시 보내지 않게 합니다.' })]),
  ];
}

function record(kind: RecordKind, type: PublishRecord['type'], name: string, value: string, why: Words): PublishRecord {
  return { kind, type, name, value, strings: value.match(/.{1,255}/gs) ?? [''], why };
}

/** What SPF has to name for a relay, by its host: the large providers ask for their own record, any other is named itself. */
export function spfMechanism(relayHost: string): string | null {
  const host = relayHost.toLowerCase();
  const provider = PROVIDERS.find(([suffix]) => host === suffix || host.endsWith(`.${suffix}`));
  if (provider) return provider[1];
  if (/^\d+(\.\d+){3}$/.test(host)) return host.startsWith('127.') ? null : `ip4:${host}`;
  if (host.includes(':')) return host === '::1' ? null : `ip6:${host}`;
  return host.includes('.') ? `a:${host}` : null;
}

const PROVIDERS: readonly [string, string][] = [
  ['amazonaws.com', 'include:amazonses.com'], ['sendgrid.net', 'include:sendgrid.net'], ['mailgun.org', 'include:mailgun.org'], ['postmarkapp.com', 'include:spf.mtasv.net'],
];
