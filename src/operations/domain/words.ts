import type { CheckName, Finding } from './status.js';

interface Sentence { en: string; ko: string }

/** What each check looks at, and what to do when it is not well. */
export const WORDS: Record<CheckName, { name: Sentence; whatToDo: Sentence }> = {
  steps: { name: { en: 'Steps of campaigns that are due', ko: '실행할 시각이 지난 캠페인 단계' }, whatToDo: { en: 'Look whether a process of role "worker" or "all" runs, and into its log for campaigns.engine.', ko: '역할이 worker 또는 all인 프로세스가 실행 중인지 확인하고, 로그에서 campaigns.engine을 찾아보세요.' } },
  segments: { name: { en: 'Changes of people that segments have not seen', ko: '세그먼트에 아직 반영되지 않은 고객 변경' }, whatToDo: { en: 'Look whether a worker runs; a large import or a new segment over everybody may take minutes.', ko: '워커가 실행 중인지 확인하세요. 대량 가져오기나 전체 고객을 대상으로 한 새 세그먼트는 몇 분이 걸릴 수 있습니다.' } },
  campaigns: { name: { en: 'Changes that campaigns have not seen', ko: '캠페인에 아직 반영되지 않은 변경' }, whatToDo: { en: 'Look whether a worker runs, and into its log for campaigns.', ko: '워커가 실행 중인지 확인하고, 로그에서 캠페인 관련 오류를 찾아보세요.' } },
  'deliveries.email': { name: { en: 'E-mails that are due', ko: '발송할 시각이 지난 이메일' }, whatToDo: { en: 'Look at the mail servers under Settings, Sending: one may refuse, or the send rate may be lower than what comes in.', ko: '설정의 발송에서 메일 서버를 확인하세요. 서버가 거부하고 있거나 발송 속도가 들어오는 양보다 느릴 수 있습니다.' } },
  'deliveries.webhook': { name: { en: 'Webhooks that are due', ko: '보낼 시각이 지난 웹훅' }, whatToDo: { en: 'Look at the endpoints under Settings, Webhooks: one may rest after failures.', ko: '설정의 웹훅에서 엔드포인트를 확인하세요. 실패가 이어져 쉬고 있을 수 있습니다.' } },
  'deliveries.chat': { name: { en: 'Chat messages that are due', ko: '보낼 시각이 지난 채팅 메시지' }, whatToDo: { en: 'Look at the endpoints under Settings, Webhooks: one may rest after failures.', ko: '설정의 웹훅에서 엔드포인트를 확인하세요. 실패가 이어져 쉬고 있을 수 있습니다.' } },
  'deliveries.in_app': { name: { en: 'In-app messages that are due', ko: '전달할 시각이 지난 인앱 메시지' }, whatToDo: { en: 'Look whether a worker runs, and into its log for delivery.', ko: '워커가 실행 중인지 확인하고, 로그에서 전달 관련 오류를 찾아보세요.' } },
  leases: { name: { en: 'Messages a sender took and did not give back in time', ko: '발송기가 가져간 뒤 시간 안에 돌려주지 않은 메시지' }, whatToDo: { en: 'A process may have died: the next one takes them over within minutes. What nobody can know is listed as uncertain.', ko: '프로세스가 종료되었을 수 있습니다. 몇 분 안에 다른 프로세스가 이어받고, 알 수 없는 것은 불확실로 표시됩니다.' } },
  results: { name: { en: 'People whose results are not counted yet', ko: '결과에 아직 집계되지 않은 고객' }, whatToDo: { en: 'After a large launch this falls by thousands each second. If it does not fall, look into the log for analytics.rollups.', ko: '대규모 발송 뒤에는 매초 수천 명씩 줄어듭니다. 줄지 않으면 로그에서 analytics.rollups를 찾아보세요.' } },
  bounces: { name: { en: 'Bounced of the messages sent in the last day', ko: '지난 하루 발송한 메시지 중 반송 비율' }, whatToDo: { en: 'Look at Results, Deliverability for the domains, and pause campaigns to old addresses.', ko: '결과의 도달률에서 도메인별로 확인하고, 오래된 주소로 보내는 캠페인을 일시 정지하세요.' } },
  complaints: { name: { en: 'Complaints of the messages sent in the last day', ko: '지난 하루 발송한 메시지 중 스팸 신고 비율' }, whatToDo: { en: 'Find the campaign under Results, Deliverability, and pause it.', ko: '결과의 도달률에서 해당 캠페인을 찾아 일시 정지하세요.' } },
  decisions: { name: { en: 'From event to decision, slowest of a hundred', ko: '이벤트부터 판정까지 걸린 시간(100건 중 가장 느린 것)' }, whatToDo: { en: 'Look at the two backlogs above and at the load of the database.', ko: '위의 두 대기열과 데이터베이스의 부하를 확인하세요.' } },
  connections: { name: { en: 'Connections of the database in use', ko: '사용 중인 데이터베이스 연결' }, whatToDo: { en: 'Raise max_connections, lower DATABASE_POOL, or run fewer processes.', ko: 'max_connections를 늘리거나 DATABASE_POOL을 줄이거나 프로세스 수를 줄이세요.' } },
};

/** A finding with its words. */
export const worded = (finding: Finding) => ({ ...finding, name: WORDS[finding.check].name, whatToDo: finding.level === 'ok' ? null : WORDS[finding.check].whatToDo });
