import { dkimName, dkimValue, envelopeDomain, recordsOf, type DomainPlan, type RecordKind, type Words } from './dns-records.js';

/** What DNS said about one name: its records, none, or no answer. */
export type DnsAnswer = { kind: 'found'; values: string[] } | { kind: 'none' } | { kind: 'silent'; why: string };

/** One record as it was found, and what that means. */
export interface RecordCheck {
  kind: RecordKind;
  type: 'TXT' | 'MX';
  name: string;
  expected: string;
  found: string[];
  /** `warning`: it works, but not as it should. `unknown`: DNS did not answer. */
  verdict: 'ok' | 'warning' | 'missing' | 'wrong' | 'unknown';
  sentence: Words;
}

/** Answers by `TYPE name`. */
export type Answers = ReadonlyMap<string, DnsAnswer>;
type Judged = Pick<RecordCheck, 'verdict' | 'sentence'>;

/** Shown and kept of what others have published. */
const MOST_FOUND = 10;
const LONGEST_FOUND = 2_000;

/** Every question that judging a domain asks. */
export function questionsOf(plan: DomainPlan): { type: 'TXT' | 'MX'; name: string }[] {
  const asked = [...recordsOf(plan).map(({ type, name }) => ({ type, name })), ...parentsOf(plan.domain).map((parent) => ({ type: 'TXT' as const, name: `_dmarc.${parent}` }))];
  return [...new Map(asked.map((question) => [`${question.type} ${question.name}`, question])).values()];
}

/** Judges what was found against what is needed. */
export function judge(plan: DomainPlan, answers: Answers): RecordCheck[] {
  return recordsOf(plan).map(({ kind, type, name, value }) => {
    const answer = kind === 'dmarc' ? dmarcAnswer(plan.domain, answers) : answerOf(answers, type, name);
    const relevant = answer.kind === 'found' ? answer.values : [];
    const judged = answer.kind === 'silent' ? silent(answer.why) : JUDGES[kind](relevant, plan, name);
    return { kind, type, name, expected: value, found: relevant.slice(0, MOST_FOUND).map((text) => text.slice(0, LONGEST_FOUND)), ...judged };
  });
}

/** The key that signs is the one in DNS: with d= equal to the From domain that is DKIM aligned (RFC 7489, 3.1.1). */
export const isVerified = (checks: readonly RecordCheck[]): boolean => checks.some(({ kind, verdict }) => kind === 'dkim' && (verdict === 'ok' || verdict === 'warning'));

const answerOf = (answers: Answers, type: string, name: string): DnsAnswer => answers.get(`${type} ${name}`) ?? { kind: 'silent', why: 'it was not asked' };

/** Above a domain, down to two labels: a DMARC record there holds for it too (the tree walk of DMARCbis). */
function parentsOf(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(1, -1).map((_, index) => labels.slice(index + 1).join('.'));
}

const isDmarc = (text: string) => /^v=DMARC1\s*(;|$)/.test(text);

function dmarcAnswer(domain: string, answers: Answers): DnsAnswer {
  const own = answerOf(answers, 'TXT', `_dmarc.${domain}`);
  if (own.kind !== 'none' && !(own.kind === 'found' && !own.values.some(isDmarc))) return own;
  for (const parent of parentsOf(domain)) {
    const above = answerOf(answers, 'TXT', `_dmarc.${parent}`);
    if (above.kind === 'found' && above.values.some(isDmarc)) return above;
  }
  return own;
}

const says = (verdict: RecordCheck['verdict'], en: string, ko: string): Judged => ({ verdict, sentence: { en, ko } });
const silent = (why: string) => says('unknown', `DNS did not answer (${why}). Try again in a minute.`, `DNS가 응답하지 않았습니다(${why}). 잠시 후 다시 확인하세요.`);
const missing = () => says('missing', 'This record is not there. Publish it; that can take up to an hour to be seen.', '레코드가 없습니다. 게시하세요. 반영까지 최대 1시간이 걸릴 수 있습니다.');

const JUDGES: Record<RecordKind, (found: readonly string[], plan: DomainPlan, name: string) => Judged> = {
  dkim: judgeKey, dkim_next: judgeKey, spf: judgeSpf, dmarc: judgeDmarc, return_path: judgeReturnPath,
};

/** `tag=value` lists of DKIM and DMARC (RFC 6376, 3.2). */
function tagsOf(text: string): Map<string, string> {
  return new Map(text.split(';').map((part): [string, string] => {
    const equals = part.indexOf('=');
    return [part.slice(0, Math.max(0, equals)).trim().toLowerCase(), part.slice(equals + 1).trim()];
  }));
}

function judgeKey(found: readonly string[], plan: DomainPlan, name: string): Judged {
  const records = found.map(tagsOf).filter((tags) => tags.has('p') && (tags.get('v') ?? 'DKIM1') === 'DKIM1');
  if (records.length === 0) return missing();
  if (records.length > 1) return says('wrong', 'There are several keys under this name; receivers may pick any. Leave only ours.', '같은 이름에 키가 여러 개 있습니다. 저희 키만 남기세요.');
  const ours = plan.keys.find(({ selector }) => dkimName(selector, plan.domain) === name)!;
  const published = records[0]!.get('p')!.replaceAll(/\s/g, '');
  if (published === '') return says('wrong', 'The key is revoked: p= is empty.', '키가 폐기되었습니다. p= 값이 비어 있습니다.');
  if (published !== ours.publicKey) {
    return ours.publicKey.startsWith(published)
      ? says('wrong', 'The key is cut off. Enter the whole value, in several strings if your provider limits their length.', '키가 잘렸습니다. 전체 값을 입력하세요. 길이 제한이 있으면 여러 문자열로 나누세요.')
      : says('wrong', `This is another key. Replace it by: ${dkimValue(ours.publicKey).slice(0, 60)}…`, '다른 키입니다. 위의 값으로 바꾸세요.');
  }
  const types = records[0]!.get('k') ?? 'rsa';
  const hashes = records[0]!.get('h');
  if (types !== 'rsa' || (hashes !== undefined && !hashes.split(':').map((each) => each.trim()).includes('sha256'))) return says('wrong', 'The key is ours, but k= or h= beside it forbid its use with rsa-sha256.', '키는 맞지만 k= 또는 h= 값 때문에 rsa-sha256으로 쓸 수 없습니다.');
  if ((records[0]!.get('t') ?? '').split(':').map((flag) => flag.trim()).includes('y')) return says('warning', 'The key is ours, but t=y says that you are only testing; receivers may ignore it.', '키는 맞지만 t=y(시험 중) 표시 때문에 수신 서버가 무시할 수 있습니다.');
  return says('ok', 'The key is published and is ours. It is aligned with the From address.', '키가 올바르게 게시되어 있고 발신 주소와 정렬됩니다.');
}

function judgeSpf(found: readonly string[], plan: DomainPlan): Judged {
  const records = found.filter((text) => /^v=spf1(\s|$)/i.test(text));
  if (records.length === 0) return missing();
  if (records.length > 1) return says('wrong', 'There are several SPF records; receivers then reject all of them (RFC 7208, 4.5). Join them into one.', 'SPF 레코드가 여러 개면 모두 무효입니다. 하나로 합치세요.');
  const terms = records[0]!.toLowerCase().split(/\s+/).slice(1);
  if (terms.some((term) => term === '+all' || term === 'all')) return says('wrong', 'The record ends with "+all", so anybody may send in your name.', '레코드가 "+all"로 끝나 누구나 귀사 이름으로 보낼 수 있습니다.');
  const absent = plan.spf.filter((wanted) => !terms.some((term) => term.replace(/^\+/, '') === wanted));
  if (absent.length > 0 && !terms.some((term) => term.startsWith('redirect='))) {
    return says('warning', `The record does not name our relay (${absent.join(' ')}). That is right only if another part of it does.`, `레코드에 발송 서버(${absent.join(' ')})가 없습니다. 다른 항목이 포함하는 경우에만 괜찮습니다.`);
  }
  return says('ok', `Servers are named for ${envelopeDomain(plan)}.`, `${envelopeDomain(plan)}의 발송 서버가 지정되어 있습니다.`);
}

function judgeDmarc(found: readonly string[], plan: DomainPlan): Judged {
  const records = found.filter(isDmarc);
  if (records.length === 0) return missing();
  if (records.length > 1) return says('wrong', 'There are several DMARC records; receivers then apply none of them.', 'DMARC 레코드가 여러 개면 모두 무효입니다.');
  const tags = tagsOf(records[0]!);
  if (!['none', 'quarantine', 'reject'].includes((tags.get('p') ?? '').toLowerCase())) return says('wrong', 'The policy is missing: p= must be none, quarantine or reject.', '정책이 없습니다. p=는 none, quarantine, reject 중 하나여야 합니다.');
  const strictSpf = tags.get('aspf')?.toLowerCase() === 's';
  const envelope = envelopeDomain(plan);
  if (strictSpf ? envelope !== plan.domain : !areRelated(envelope, plan.domain)) {
    return says('warning', `DKIM aligns. SPF does not: bounces go to ${envelope}, which DMARC ${strictSpf ? 'with aspf=s ' : ''}does not count as ${plan.domain}.`, `DKIM은 정렬되지만 SPF는 정렬되지 않습니다. 반송 도메인 ${envelope}이(가) ${plan.domain}과(와) 다르게 취급됩니다.`);
  }
  return says('ok', `The policy is ${tags.get('p')!.toLowerCase()}; DKIM and SPF are aligned with the From address.`, `정책은 ${tags.get('p')!.toLowerCase()}이며 DKIM과 SPF가 발신 주소와 정렬됩니다.`);
}

/** One is the other or lies below it. Siblings may be related too, which only the public suffix list could tell. */
const areRelated = (one: string, other: string) => one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);

function judgeReturnPath(found: readonly string[], plan: DomainPlan): Judged {
  if (found.length === 0) return missing();
  const hosts = found.map((value) => value.replace(/^\d+\s+/, '').replace(/\.$/, '').toLowerCase());
  if (hosts.every((host) => host === '')) return says('wrong', 'A null MX says that this domain takes no mail at all (RFC 7505).', 'Null MX는 이 도메인이 메일을 받지 않는다는 뜻입니다.');
  return hosts.includes(plan.returnHost)
    ? says('ok', 'Bounces come back here.', '반송 메일이 이곳으로 돌아옵니다.')
    : says('warning', `Bounces go to ${hosts[0]}. That is right only if that server hands them to us or we read its mailbox.`, `반송 메일이 ${hosts[0]}(으)로 갑니다. 그 서버가 저희에게 전달하거나 저희가 그 메일함을 읽는 경우에만 괜찮습니다.`);
}
