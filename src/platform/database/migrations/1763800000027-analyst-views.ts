/** A column: its name, its SQL, what it means. */
type ViewColumn = readonly [name: string, sql: string, comment: string];
export interface AnalystView { name: string; comment: string; columns: readonly ViewColumn[]; from: string }

const person: ViewColumn = ['person_id', 'x.person_id', 'the person; joins analytics.person'];
const campaign: ViewColumn = ['campaign_id', 'x.campaign_id', 'joins analytics.campaign'];
const version: ViewColumn = ['version_id', 'x.version_id', 'joins analytics.campaign_version'];
const step: ViewColumn = ['step_id', 'x.step_id', 'step inside the version; joins analytics.step with version_id'];
const variant: ViewColumn = ['variant', 'x.variant', 'key of the arm'];
const control: ViewColumn = ['is_control', 'x.is_control', 'the arm that gets nothing'];

const reaction = (kind: string, comment: string): ViewColumn => [`${kind === 'open' ? 'opened' : kind === 'click' ? 'clicked' : kind}_at`, `r.${kind}_at`, comment];
const best = (kind: string) => `case min(case e.verdict when 'human' then 0 when 'unknown' then 1 else 2 end) filter (where e.kind = '${kind}') when 0 then 'human' when 1 then 'unknown' when 2 then 'machine' end`;
const first = (kind: string, as: string) => `min(e.at) filter (where e.kind = '${kind}') as ${as}`;

/** What analysts may read: ids, codes and numbers. No names, addresses, attributes, contents or words that people wrote. */
export const ANALYST_VIEWS: readonly AnalystView[] = [
  { name: 'campaign', comment: 'A campaign.', from: 'campaign as x', columns: [
    ['id', 'x.id', 'the campaign'], ['type', 'x.type', 'series, broadcast or auto_message'], ['name', 'x.name', 'as its authors call it'], ['state', 'x.state', 'draft, active, paused, draining, stopped or archived'],
    ['created_at', 'x.created_at', 'when it was begun'], ['state_at', 'x.state_at', 'since when it is in this state'], ['current_version_id', 'x.current_version_id', 'the newest published version; null while it is a draft'],
  ] },
  { name: 'campaign_version', comment: 'A published version of a campaign; it never changes.', from: 'campaign_version as x', columns: [
    ['id', 'x.id', 'the version'], campaign, ['number', 'x.number', '1, 2, 3 … in each campaign'], ['published_at', 'x.published_at', 'when it was published'],
  ] },
  { name: 'step', comment: 'A step of a version, without its content.', from: `campaign_version as x cross join lateral jsonb_each(x.definition -> 'steps') as s`, columns: [
    ['version_id', 'x.id', 'joins analytics.campaign_version'], campaign, ['step_id', 's.key', 'key of the step'], ['type', `s.value ->> 'type'`, 'message, wait, wait_until, branch, split or exit'],
    ['channel', `s.value ->> 'channel'`, 'of a message: email, in_app, webhook or chat'], ['topic', `s.value ->> 'topic'`, 'of a message: what people subscribe to'],
  ] },
  { name: 'goal', comment: 'A goal of a version.', from: `campaign_version as x cross join lateral jsonb_array_elements(x.definition -> 'goals') as g`, columns: [
    ['version_id', 'x.id', 'joins analytics.campaign_version'], campaign, ['goal', `g.value ->> 'key'`, 'key of the goal'], ['name', `g.value ->> 'name'`, 'as its authors call it'],
    ['is_primary', `coalesce((g.value ->> 'primary')::boolean, false)`, 'the one that decides tests'], ['event', `g.value #>> '{event,name}'`, 'name of the event that meets it; null for a condition'], ['currency', `g.value #>> '{value,currency}'`, 'of its amounts; null without any'],
  ] },
  { name: 'experiment', comment: 'A test: one message or split whose arms are assigned at random. It lives on over versions that do not touch it.', from: 'experiment as x', columns: [
    ['id', 'x.id', 'the experiment'], campaign, step, ['version_id', 'x.version_id', 'the version it began with'], ['origin', 'x.origin', 'danbi, or external: assigned by somebody else'], ['created_at', 'x.created_at', 'when it began'],
  ] },
  { name: 'experiment_arm', comment: 'An arm of a test with its planned share.', from: 'experiment as x cross join lateral jsonb_array_elements(x.arms) as a', columns: [
    ['experiment_id', 'x.id', 'joins analytics.experiment'], ['variant', `a.value ->> 'key'`, 'key of the arm'], ['basis_points', `(a.value ->> 'basisPoints')::int`, 'share of people in 1/10,000'], ['is_control', `(a.value ->> 'isControl')::boolean`, 'gets nothing'],
  ] },
  { name: 'person', comment: 'A person, without anything that says who.', from: 'person as x', columns: [
    ['id', 'x.id', 'the person'], ['kind', 'x.kind', 'visitor, lead or user'], ['time_zone', 'x.time_zone', 'IANA zone; null when not known'], ['language', 'x.language', 'BCP 47; null when not known'],
    ['signed_up_at', 'x.signed_up_at', 'when they signed up'], ['first_seen_at', 'x.first_seen_at', 'their first event'], ['last_seen_at', 'x.last_seen_at', 'their newest event'],
  ] },
  { name: 'segment', comment: 'A segment.', from: `segment as x where x.purpose = 'shared'`, columns: [
    ['id', 'x.id', 'the segment'], ['name', 'x.name', 'as its authors call it'], ['state', 'x.state', 'building, live, failed or archived'], ['members', 'x.member_count', 'people in it now'],
  ] },
  { name: 'segment_member', comment: 'Who is in a segment now.', from: `segment_member as x join segment as s on s.id = x.segment_id and s.purpose = 'shared'`, columns: [['segment_id', 'x.segment_id', 'joins analytics.segment'], person, ['since', 'x.since', 'since when']] },
  { name: 'assignment', comment: 'Which arm of a test a person is in; it never changes.', from: 'assignment as x', columns: [
    ['experiment_id', 'x.experiment_id', 'joins analytics.experiment'], campaign, person, variant, control, ['source', 'x.source', 'hash, external or override'], ['assigned_at', 'x.assigned_at', 'goal windows begin here'],
  ] },
  { name: 'run', comment: 'One pass of a person through a version.', from: 'enrollment as x', columns: [
    ['id', 'x.id', 'the run'], person, campaign, version, ['state', 'x.state', 'active, completed, exited or cancelled'], ['exit_code', 'x.exit_code', 'reason code when it ended early'], ['step_id', 'x.step_id', 'where it is, or was last'],
    ['entered_at', 'x.entered_at', 'when it began'], ['left_at', 'x.left_at', 'when it ended'], ['due_at', 'x.due_at', 'when it goes on at the latest'],
  ] },
  { name: 'step_visit', comment: 'A run at a step.', from: 'step_visit as x', columns: [
    ['run_id', 'x.enrollment_id', 'joins analytics.run'], person, campaign, version, step, ['arrived_at', 'x.arrived_at', 'when it came'], ['left_at', 'x.left_at', 'when it went on; null while it is there'], ['outcome', 'x.outcome', 'how it left: queued, waited, met, timeout, the arm, the branch or a reason code'],
  ] },
  { name: 'delivery', comment: 'One message to one person, with what came of it. A reaction is the best evidence there is: human before unknown before machine.', from: `delivery as x left join relay as y on y.id::text = x.relay
    left join lateral (
      select ${best('open')} as opened, ${first('open', 'open_at')}, ${best('click')} as clicked, ${first('click', 'click_at')}, ${first('impression', 'impression_at')}, ${first('dismiss', 'dismissed_at')},
             ${first('reply', 'replied_at')}, ${first('unsubscribe', 'unsubscribed_at')}, ${first('complaint', 'complained_at')}, ${first('bounce', 'bounced_at')},
             min((e.data ->> 'dwell')::float8) filter (where e.kind = 'impression' and jsonb_typeof(e.data -> 'dwell') = 'number') as dwell_ms
        from delivery_event as e where e.delivery_id = x.id and e.person_id = x.person_id) as r on true`, columns: [
    ['id', 'x.id', 'the delivery'], ['run_id', 'x.enrollment_id', 'joins analytics.run'], person, campaign, version, step, ['experiment_id', 'x.experiment_id', 'joins analytics.experiment'], variant, control,
    ['channel', 'x.channel', 'email, in_app, webhook or chat'], ['language', 'x.language', 'the one it was written in'], ['topic', 'x.topic', 'what people subscribe to'],
    ['state', 'x.state', 'queued, sending, sent, delivered, bounced, failed, uncertain, cancelled, recalled, or ghost: it would have gone to somebody in the control'], ['reason', 'x.reason', 'reason code when it did not go'],
    ['is_sent', `x.state in ('sent', 'delivered', 'bounced')`, 'left this system and was answered for'], ['is_delivered', `x.state = 'delivered' or (x.state = 'sent' and x.channel <> 'in_app')`, 'accepted and not bounced; in_app: displayed'],
    ['email_domain', `lower(substring(x.address from '@([^@]+)$'))`, 'domain it went to'], ['relay', 'coalesce(y.name, x.relay)', 'who took it'], ['refusal', 'x.refusal', 'what a final refusal was about'], ['attempts', 'x.attempts', 'how often it was tried'],
    ['queued_at', 'x.queued_at', 'when it was decided'], ['sent_at', 'x.sent_at', 'when it left'], ['settled_at', 'x.settled_at', 'when its fate was known'],
    ['opened', 'r.opened', 'human, unknown or machine; null when it was not'], reaction('open', 'first open of any kind'), ['clicked', 'r.clicked', 'human, unknown or machine; null when it was not'], reaction('click', 'first click of any kind'),
    reaction('impression', 'in_app: when it was displayed'), ['dwell_ms', 'r.dwell_ms', 'attention before the display, as the browser measured it'], reaction('dismissed', 'when it was closed'), reaction('replied', 'when it was answered'),
    reaction('unsubscribed', 'when they unsubscribed by it'), reaction('complained', 'when they reported it as spam'), reaction('bounced', 'when a bounce was heard of'),
  ] },
  { name: 'reaction', comment: 'Everything heard of a message, one row each.', from: 'delivery_event as x', columns: [
    ['delivery_id', 'x.delivery_id', 'joins analytics.delivery'], person, ['kind', 'x.kind', 'open, click, impression, dismiss, reply, unsubscribe, bounce, complaint or honeypot'], ['verdict', 'x.verdict', 'human, machine or unknown'], ['at', 'x.at', 'when it happened'],
  ] },
  { name: 'decision', comment: 'Why a message did or did not go; written once, never changed.', from: 'decision as x', columns: [
    ['id', 'x.id', 'the decision'], person, campaign, version, step, ['run_id', 'x.enrollment_id', 'joins analytics.run; null at entry'], ['delivery_id', 'x.delivery_id', 'joins analytics.delivery'], variant,
    ['stage', 'x.stage', 'entry, step, exit or dispatch'], ['code', 'x.code', 'reason code'], ['at', 'x.at', 'when'], ['next_check_at', 'x.next_check_at', 'put off until then; null when it was final'],
  ] },
  { name: 'survey_answer', comment: 'An answer to a survey or a reply, without its words.', from: 'message_answer as x', columns: [
    ['delivery_id', 'x.delivery_id', 'joins analytics.delivery'], person, campaign, version, step, variant, ['kind', 'x.kind', 'survey or reply'], ['score', 'x.score', '0 to 10 (NPS) or 1 to 5 (CSAT)'], ['choices', 'x.choices', 'keys of what was chosen'],
    ['has_text', 'x.text is not null', 'words were written'], ['answered_at', 'x.at', 'when'],
  ] },
];

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The statements that make one view and say what it and its columns mean. */
export const viewStatements = ({ name, comment, columns, from }: AnalystView): string => [
  `create view analytics.${name} as select ${columns.map(([as, sql]) => `${sql} as ${as}`).join(', ')} from ${from}`,
  `comment on view analytics.${name} is ${quoted(comment)}`,
  ...columns.map(([as, , means]) => `comment on column analytics.${name}.${as} is ${quoted(means)}`),
].join(';\n');
