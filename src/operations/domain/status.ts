/** How bad it is: `ok`, `warn` for something to look at today, `bad` for something to mend now. */
export const LEVELS = ['ok', 'warn', 'bad'] as const;
export type Level = (typeof LEVELS)[number];

/** What the service knows of itself at a moment. Ages in seconds. */
export interface Facts {
  now: Date;
  backlogs: { queue: string; due: number; oldestAt: Date | null }[];
  day: { sent: number; bounced: number; complained: number };
  resultsPending: number;
  leasesOver: number;
  connections: { used: number; allowed: number };
  spans: Record<'event_to_decision' | 'decision_to_handover', { count: number; p99: number | null }>;
}

export const CHECKS = ['steps', 'segments', 'campaigns', 'deliveries.email', 'deliveries.webhook', 'deliveries.chat', 'deliveries.in_app', 'leases', 'results', 'bounces', 'complaints', 'decisions', 'connections'] as const;
export type CheckName = (typeof CHECKS)[number];

export interface Finding {
  check: CheckName;
  level: Level;
  /** What was measured and from where on it counts as `warn` and `bad`, in {@link unit}. */
  value: number | null;
  warn: number;
  bad: number;
  unit: 'seconds' | 'share' | 'people' | 'messages';
}

/** Below so many messages a day a share says nothing. */
const ENOUGH_SENT = 200;

/**
 * Engine and segments work within seconds, so a minute of age is something to look at and ten are a fault. E-mail, webhooks and chats depend on others and on send rates.
 * Complaints: Gmail and Yahoo ask senders to stay below 0.1 % and never to reach 0.3 %. Bounces: providers warn from 2 % and stop senders from 5 %.
 */
const AGES: Partial<Record<CheckName, readonly [warn: number, bad: number]>> = {
  steps: [60, 600], segments: [60, 600], campaigns: [60, 600],
  'deliveries.email': [900, 7_200], 'deliveries.webhook': [900, 7_200], 'deliveries.chat': [900, 7_200], 'deliveries.in_app': [60, 600],
};

function judged(value: number | null, [warn, bad]: readonly [number, number]): Level {
  if (value === null || value < warn) return 'ok';
  return value < bad ? 'warn' : 'bad';
}

/** Every check in its order, with the levels that lead to a verdict. */
export function judgeStatus(facts: Facts): Finding[] {
  const finding = (check: CheckName, unit: Finding['unit'], value: number | null, bounds: readonly [number, number]): Finding => ({ check, level: judged(value, bounds), value, warn: bounds[0], bad: bounds[1], unit });
  const share = (part: number) => (facts.day.sent < ENOUGH_SENT ? null : part / facts.day.sent);
  const aged = (Object.keys(AGES) as CheckName[]).map((check) => {
    const oldest = facts.backlogs.find(({ queue }) => queue === check)?.oldestAt ?? null;
    return finding(check, 'seconds', oldest === null ? 0 : Math.max(0, (facts.now.getTime() - oldest.getTime()) / 1_000), AGES[check]!);
  });
  const others = [
    finding('leases', 'messages', facts.leasesOver, [1, 1_000]),
    finding('results', 'people', facts.resultsPending, [100_000, 2_000_000]),
    finding('bounces', 'share', share(facts.day.bounced), [0.02, 0.05]),
    finding('complaints', 'share', share(facts.day.complained), [0.001, 0.003]),
    finding('decisions', 'seconds', facts.spans.event_to_decision.p99, [5, 60]),
    finding('connections', 'share', facts.connections.used / facts.connections.allowed, [0.8, 0.95]),
  ];
  const all = [...aged, ...others];
  return CHECKS.map((check) => all.find((one) => one.check === check)!);
}

/** The worst of them. */
export const worst = (findings: readonly { level: Level }[]): Level => LEVELS[Math.max(0, ...findings.map(({ level }) => LEVELS.indexOf(level)))]!;
