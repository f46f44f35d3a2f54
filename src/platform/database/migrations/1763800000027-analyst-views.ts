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
  { name: 'conversion', comment: 'A person and a goal at a message, as far as the results have been worked off: met in the window, or the window is over without. A goal that was edited is another one.', from: `result_person as x
    cross join lateral unnest(x.cells, x.counts, x.amounts) as u (cell, n, amount) join result_cell as c on c.id = u.cell and c.measure = 'goal'
    join result_goal as g on g.campaign_id = x.campaign_id and g.id = c.detail group by x.campaign_id, x.person_id, c.version_id, c.step_id, c.experiment_id, c.variant, g.goal, g.id`, columns: [
    campaign, person, ['version_id', 'c.version_id', 'joins analytics.campaign_version'], ['step_id', 'c.step_id', 'message or split'], ['experiment_id', 'c.experiment_id', 'joins analytics.experiment'], ['variant', 'c.variant', 'key of the arm'],
    ['goal', 'g.goal', 'key of the goal'], ['goal_id', 'g.id', 'the goal as it was counted; another one after an edit'], ['is_converted', `bool_or(c.further = 'converted')`, 'met inside its window'], ['is_matured', `bool_or(c.further = 'matured')`, 'the whole window is over: only these may be compared'],
    ['value', `max(u.amount) filter (where c.further = 'converted' and c.bucket is null)`, 'exact sum of its amounts'], ['converted_quarter', `min(c.bucket) filter (where c.further = 'converted')`, 'start of the quarter of an hour in which it was met first'],
  ] },
  { name: 'result_cell', comment: 'One number of the results page: sums over people, kept up to date. Numbers of one kind add up over every column.', from: 'result_cell as x left join result_goal as g on g.campaign_id = x.campaign_id and g.id = x.detail where x.count <> 0 or x.amount <> 0', columns: [
    campaign, ['measure', 'x.measure', 'run, entered, visit, waiting, refused_entry, refused_step, delivery, sent, reached, bounce, reaction, assigned, goal or tested'], version, step, ['experiment_id', 'x.experiment_id', 'joins analytics.experiment'], variant,
    ['channel', 'x.channel', 'email, in_app, webhook or chat'], ['language', 'x.language', 'the one it was written in'], ['detail', 'x.detail', 'state, code, kind of reaction, or id of a goal'], ['goal', 'g.goal', 'key of the goal when it is about one'],
    ['further', 'x.further', 'reason, verdict, or what of a goal is counted'], ['quarter', 'x.bucket', 'only what happened in this quarter of an hour; null is the total'], ['count', 'x.count', 'how many'], ['amount', 'x.amount', 'exact sum of amounts'],
  ] },
  { name: 'test_plan', comment: 'What was fixed about a test before its first person.', from: 'experiment_plan as x', columns: [
    ['experiment_id', 'x.experiment_id', 'joins analytics.experiment'], campaign, ['goal', `x.goal ->> 'key'`, 'key of the goal that decides'], ['measure', 'x.measure', 'rate or amount'], ['direction', 'x.direction', 'higher or lower is better'], ['mode', 'x.mode', 'planned, open or single'],
    ['alpha_early', 'x.alpha_early', 'error allowed before the read-out'], ['alpha_final', 'x.alpha_final', 'error allowed at the read-out'], ['planned_people', 'x.planned_people', 'matured people expected at the read-out'], ['readout_at', 'x.readout_at', 'the one day of the read-out; null: none'], ['min_effect', 'x.min_effect', 'differences below it do not matter'],
  ] },
  { name: 'verdict', comment: 'Where a test stands.', from: 'experiment_verdict as x', columns: [
    ['experiment_id', 'x.experiment_id', 'joins analytics.experiment'], campaign, ['state', 'x.state', 'collecting, winner, practically_same, no_clear_winner, not_enough_data or traffic_problem'], ['winner', 'x.winner', 'key of the arm that won'],
    ['decided_at', `(x.memory #>> '{verdict,at}')::timestamptz`, 'when the verdict that stands was reached'], ['evaluated_at', 'x.evaluated_at', 'the newest look'],
  ] },
  { name: 'evaluation', comment: 'Every look at a test whose numbers had changed, with all the rule answered.', from: 'verdict_evaluation as x', columns: [
    ['id', 'x.id', 'the look'], ['experiment_id', 'x.experiment_id', 'joins analytics.experiment'], campaign, ['at', 'x.at', 'when'], ['result', 'x.result', 'the answer of the rule, as JSON: state, winner, comparisons with their intervals'],
  ] },
];

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The statements that make one view and say what it and its columns mean. */
export const viewStatements = ({ name, comment, columns, from }: AnalystView): string => [
  `create view analytics.${name} as select ${columns.map(([as, sql]) => `${sql} as ${as}`).join(', ')} from ${from}`,
  `comment on view analytics.${name} is ${quoted(comment)}`,
  ...columns.map(([as, , means]) => `comment on column analytics.${name}.${as} is ${quoted(means)}`),
].join(';\n');
