// docs/analyst-views.md: what the views of the schema "analytics" hold, from their own comments, and questions to begin with. The test
// test/http/analyst-views.test.ts runs every question as an analyst and compares the answer with the API.

const INTRO = `# Views for analysts

<!-- Written by \`npm run schema\` from the comments in the database and scripts/analyst-views.mjs; do not edit. -->

Read Danbi with your own tool (a notebook, a BI server, \`psql\`): the schema \`analytics\` holds views with stable columns. They have ids, codes and numbers; no names, addresses,
attributes, contents or words that people wrote. Columns may be added; none is renamed or removed within a major version.

\`\`\`sh
npm run db:analyst -- --create minji      # prints a connection address with a password, once
npm run db:analyst -- --remove minji
\`\`\`

Such a login is a member of the role \`danbi_analyst\`, which may read these views and nothing else. It begins read-only, with at most 10 connections, and a question
ends after five minutes; set another \`statement_timeout\` in your session when you need one. The command works on the database of the running Danbi or on \`DATABASE_URL\`, whose user must be
allowed to make roles; otherwise it says what the administrator has to do. After an upgrade run \`npm run db:analyst\` once if your administrator made the roles.

The ledger is the truth: deliveries, reactions and decisions are as they happened. An analyst may hold no long transactions: they keep the database from tidying up.

## Questions to begin with

Put the id of a campaign in place of \`CAMPAIGN\`. Each answers the same as the API.
`;

/** @type {{ title: string, sql: string }[]} */
const QUESTIONS = [
  { title: 'Sent, delivered, opened and clicked by variant', sql: `
select d.step_id, d.variant,
       count(*) filter (where d.is_sent) as sent,
       count(*) filter (where d.is_delivered) as delivered,
       count(*) filter (where d.opened = 'human') as opened_by_people,
       count(d.opened) as opened_at_most,
       count(*) filter (where d.clicked = 'human') as clicked
  from analytics.delivery as d
 where d.campaign_id = 'CAMPAIGN' and not d.is_control
 group by d.step_id, d.variant
 order by d.step_id, d.variant;` },
  { title: 'Assigned people by arm, beside the planned share', sql: `
select x.step_id, a.variant, a.basis_points / 100.0 as planned_percent, count(s.person_id) as assigned
  from analytics.experiment as x
  join analytics.experiment_arm as a on a.experiment_id = x.id
  left join analytics.assignment as s on s.experiment_id = x.id and s.variant = a.variant
 where x.campaign_id = 'CAMPAIGN'
 group by x.step_id, a.variant, a.basis_points
 order by x.step_id, a.variant;` },
  { title: 'Conversions by variant, matured people only', sql: `
select c.step_id, c.variant, c.goal,
       count(*) filter (where c.is_matured) as matured,
       count(*) filter (where c.is_matured and c.is_converted) as converted,
       sum(c.value) filter (where c.is_matured) as value
  from analytics.conversion as c
 where c.campaign_id = 'CAMPAIGN'
 group by c.step_id, c.variant, c.goal
 order by c.step_id, c.variant, c.goal;` },
  { title: 'Why people were refused at the entry', sql: `
select d.code, count(*) as refusals
  from analytics.decision as d
 where d.campaign_id = 'CAMPAIGN' and d.stage = 'entry'
 group by d.code
 order by refusals desc, d.code;` },
  { title: 'Messages a day, in Seoul', sql: `
select (d.sent_at at time zone 'Asia/Seoul')::date as day, count(*) as sent
  from analytics.delivery as d
 where d.campaign_id = 'CAMPAIGN' and d.is_sent and not d.is_control
 group by day
 order by day;` },
  { title: 'Net Promoter Score', sql: `
select count(*) as answers,
       100.0 * (count(*) filter (where a.score >= 9) - count(*) filter (where a.score <= 6)) / nullif(count(*), 0) as nps
  from analytics.survey_answer as a
 where a.campaign_id = 'CAMPAIGN' and a.kind = 'survey' and a.score is not null;` },
  { title: 'Where people are now', sql: `
select r.step_id, count(*) as people, min(r.due_at) as next_due_at
  from analytics.run as r
 where r.campaign_id = 'CAMPAIGN' and r.state = 'active'
 group by r.step_id
 order by people desc;` },
];

/** The whole page. @param db a data source of a migrated database */
export async function analystGuide(db) {
  const columns = await db.query(`
    select c.relname as view, obj_description(c.oid) as about, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, col_description(c.oid, a.attnum) as means
      from pg_class as c join pg_namespace as n on n.oid = c.relnamespace join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = 'analytics' and c.relkind = 'v' order by c.oid, a.attnum`);
  const views = [...new Set(columns.map(({ view }) => view))];
  const tables = views.map((view) => {
    const own = columns.filter((row) => row.view === view);
    return `## analytics.${view}\n\n${own[0].about}\n\n| Column | Type | |\n|---|---|---|\n${own.map(({ column, type, means }) => `| \`${column}\` | ${type} | ${means} |`).join('\n')}\n`;
  });
  const questions = QUESTIONS.map(({ title, sql }) => `### ${title}\n\n\`\`\`sql\n${sql.trim()}\n\`\`\`\n`);
  return [INTRO, ...questions, ...tables].join('\n');
}
