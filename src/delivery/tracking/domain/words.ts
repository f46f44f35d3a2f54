import type { Verdict } from './classify.js';

/** A sentence in both languages of the house. */
export interface InWords { en: string; ko: string }

const REASONS: Record<string, InWords> = {
  method: { en: 'the request was not a GET, as a browser would make it', ko: '브라우저처럼 GET으로 요청하지 않았습니다' },
  prefetch: { en: 'the request said itself that it loads ahead', ko: '미리 불러오기라고 스스로 밝힌 요청입니다' },
  'apple-mpp': { en: 'it was loaded by Apple Mail Privacy Protection', ko: 'Apple 메일 개인정보 보호 기능이 불러왔습니다' },
  'mpp-recipient': { en: 'Apple Mail Privacy Protection loads this person’s messages, so an open says nothing', ko: '이 고객의 메일은 Apple 메일 개인정보 보호 기능이 불러오므로 열람 여부를 알 수 없습니다' },
  'gmail-prefetch': { en: 'Gmail loaded the images ahead', ko: 'Gmail이 이미지를 미리 불러왔습니다' },
  proxy: { en: 'it came through the image proxy of the mail service', ko: '메일 서비스의 이미지 프록시를 거쳤습니다' },
  'at-once': { en: 'it came within seconds of sending', ko: '발송 후 몇 초 안에 발생했습니다' },
  'no-user-agent': { en: 'no program named itself', ko: '프로그램 이름(User-Agent)이 없습니다' },
  bot: { en: 'the program calls itself a robot or a script', ko: '프로그램이 봇 또는 스크립트라고 밝혔습니다' },
  scanner: { en: 'it came from a listed network of scanners or data centres', ko: '등록된 검사 서버·데이터 센터 네트워크에서 왔습니다' },
  'many-people': { en: 'the same address followed links of ten messages or more within ten seconds', ko: '같은 주소에서 10초 안에 메일 10통 이상의 링크를 열었습니다' },
  'no-language': { en: 'no language was named, as browsers do', ko: '브라우저와 달리 언어 정보가 없습니다' },
  burst: { en: 'three links or more were followed within two seconds', ko: '2초 안에 링크를 3개 이상 열었습니다' },
  honeypot: { en: 'the same network followed a link that people cannot see', ko: '같은 네트워크에서 사람에게 보이지 않는 링크를 열었습니다' },
};

const VERDICTS: Record<Verdict, InWords> = {
  human: { en: 'Counted as a person', ko: '사람으로 집계' },
  machine: { en: 'Counted as a machine', ko: '기계로 집계' },
  unknown: { en: 'Not decided', ko: '판단 보류' },
};

/** A verdict and what led to it, for people to read. A reason of a later release appears by its name. */
export function verdictInWords(verdict: Verdict, reasons: readonly string[]): InWords {
  const sentence = (language: keyof InWords) => {
    const because = reasons.map((reason) => REASONS[reason]?.[language] ?? reason);
    return because.length === 0 ? `${VERDICTS[verdict][language]}.` : `${VERDICTS[verdict][language]}: ${because.join('; ')}.`;
  };
  return { en: sentence('en'), ko: sentence('ko') };
}
