import type { InAppContent } from '../../contract/in-app.js';
import { SurveyQuery, type SurveyItem, type SurveyReport } from '../../contract/reports/campaign.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { VersionFacts } from '../reads/campaign.read.js';
import { netPromoter, shareOf } from './domain/survey-scores.js';
import { campaignReport, periodOf, periodView, type AskedCampaign, type Period } from './report.js';

interface AnswerCell { versionId: string; stepId: string; variant: string; inSegment: boolean | null; score: number | null; choices: string[] | null; answers: number; comments: number }

/** Answers by what was answered. Who was in the segment is asked of its history at the moment of the answer. */
const answerCells = (db: Db, campaignId: string, { from, to }: Period, segmentId: string | null): Promise<AnswerCell[]> => rows(db, `
  select a.version_id as "versionId", a.step_id as "stepId", a.variant, s.inside as "inSegment", a.score, a.choices, count(*)::int as answers, count(a.text)::int as comments
    from message_answer as a
   cross join lateral (select case when $4::uuid is null then null else coalesce((
           select m.entered from membership_change as m where m.segment_id = $4 and m.person_id = a.person_id and m.at <= a.at order by m.at desc, m.id desc limit 1), false) end as inside) as s
   where a.campaign_id = $1 and a.kind = 'survey' and a.at >= $2::timestamptz and a.at < $3::timestamptz
   group by 1, 2, 3, 4, 5, 6`, [campaignId, from, to, segmentId]);

interface AskedCell { versionId: string; stepId: string; variant: string; displayed: number; answered: number }

/** Surveys displayed in the period, and how many of those were answered by now. */
const askedCells = (db: Db, campaignId: string, { from, to }: Period): Promise<AskedCell[]> => rows(db, `
  select d.version_id as "versionId", d.step_id as "stepId", d.variant, count(*)::int as displayed, count(a.delivery_id)::int as answered
    from delivery as d left join message_answer as a on a.delivery_id = d.id and a.person_id = d.person_id and a.kind = 'survey'
   where d.campaign_id = $1 and d.channel = 'in_app' and d.state = 'delivered' and d.settled_at >= $2::timestamptz and d.settled_at < $3::timestamptz
   group by 1, 2, 3`, [campaignId, from, to]);

type Survey = NonNullable<InAppContent['survey']>;
interface Question { version: VersionFacts; stepId: string; survey: Survey; variants: string[] }

/** Variants of one message that ask in the same way are one question. */
function questionsOf(version: VersionFacts): Question[] {
  return Object.entries(version.definition.steps).flatMap(([stepId, step]) => {
    if (step.type !== 'message' || step.channel !== 'in_app') return [];
    const asking = step.variants.flatMap(({ key, content }) => (content.survey ? [{ key, survey: content.survey }] : []));
    const form = ({ kind, choices = [] }: Survey) => JSON.stringify([kind, choices.map(({ key }) => key)]);
    return [...new Set(asking.map(({ survey }) => form(survey)))].map((wanted) => {
      const same = asking.filter(({ survey }) => form(survey) === wanted);
      return { version, stepId, survey: same[0]!.survey, variants: same.map(({ key }) => key) };
    });
  });
}

function itemOf({ version, stepId, survey }: Question, variant: string | null, inSegment: boolean | null, cells: AnswerCell[], asked: AskedCell[]): SurveyItem {
  const sum = (from: AnswerCell[]) => from.reduce((total, { answers }) => total + answers, 0);
  const scores = Array.from({ length: 11 }, (_, score) => sum(cells.filter((cell) => cell.score === score)));
  const total = sum(cells);
  const displayed = asked.reduce((count, cell) => count + cell.displayed, 0);
  return {
    version: version.number, stepId, kind: survey.kind, question: survey.question, variant, inSegment,
    answered: inSegment === null ? shareOf(asked.reduce((count, { answered }) => count + answered, 0), displayed) : null,
    answers: total, comments: cells.reduce((count, { comments }) => count + comments, 0),
    scores: scores.flatMap((count, score) => (count > 0 ? [{ score, count }] : [])),
    nps: survey.kind === 'nps' ? netPromoter(scores) : null,
    csat: survey.kind === 'csat' ? shareOf(scores[4]! + scores[5]!, scores.slice(1, 6).reduce((all, count) => all + count, 0)) : null,
    choices: survey.kind === 'choice' ? (survey.choices ?? []).map(({ key, label }) => ({ key, label, share: shareOf(sum(cells.filter(({ choices }) => choices?.includes(key))), total) })) : [],
  };
}

function itemsOf(question: Question, cells: AnswerCell[], asked: AskedCell[], split: boolean): SurveyItem[] {
  const at = <T extends { versionId: string; stepId: string; variant: string }>(all: T[]) => all.filter((cell) => cell.versionId === question.version.id && cell.stepId === question.stepId && question.variants.includes(cell.variant));
  const [mine, displays] = [at(cells), at(asked)];
  return [null, ...(question.variants.length > 1 ? question.variants : [])].flatMap((variant) => {
    const own = <T extends { variant: string }>(all: T[]) => all.filter((cell) => variant === null || cell.variant === variant);
    const whole = itemOf(question, variant, null, own(mine), own(displays));
    return split ? [whole, ...[true, false].map((inside) => itemOf(question, variant, inside, own(mine).filter(({ inSegment }) => inSegment === inside), []))] : [whole];
  });
}

async function readSurveys(asked: AskedCampaign, query: { from?: string; to?: string; zone?: string; step?: string; segment?: string }): Promise<SurveyReport> {
  const period = periodOf(query, asked);
  const cells = await answerCells(asked.tx, asked.campaign.id, period, query.segment ?? null);
  const displays = await askedCells(asked.tx, asked.campaign.id, period);
  const questions = asked.versions.flatMap(questionsOf).filter(({ stepId }) => query.step === undefined || stepId === query.step);
  return { campaignId: asked.campaign.id, asOf: asked.now.toISOString(), period: periodView(period), items: questions.flatMap((question) => itemsOf(question, cells, displays, query.segment !== undefined)) };
}

/** NPS, CSAT and choices of the surveys of a campaign. */
export const surveys = campaignReport({
  name: 'surveys',
  query: SurveyQuery,
  columns: [
    { name: 'version', type: 'integer' }, { name: 'step', type: 'text' }, { name: 'kind', type: 'text' }, { name: 'question', type: 'text' }, { name: 'variant', type: 'text' }, { name: 'in_segment', type: 'boolean' },
    { name: 'displayed', type: 'integer' }, { name: 'answers', type: 'integer' }, { name: 'comments', type: 'integer' }, { name: 'value', type: 'number' }, { name: 'low', type: 'number' }, { name: 'high', type: 'number' },
    { name: 'scores', type: 'json' }, { name: 'choices', type: 'json' },
  ],
  read: readSurveys,
  rows: ({ items }) => items.map((item) => ({
    version: item.version, step: item.stepId, kind: item.kind, question: item.question, variant: item.variant, in_segment: item.inSegment, displayed: item.answered?.of ?? null, answers: item.answers, comments: item.comments,
    value: item.nps?.score ?? item.csat?.rate ?? null, low: item.nps?.low ?? item.csat?.low ?? null, high: item.nps?.high ?? item.csat?.high ?? null,
    scores: item.scores, choices: item.choices.map(({ key, share }) => ({ key, count: share.count })),
  })),
});
