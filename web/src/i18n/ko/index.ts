import anomalies from './anomalies.json';
import app from './app.json';
import canaries from './canaries.json';
import broadcast from './broadcast.json';
import campaignPeople from './campaignPeople.json';
import campaigns from './campaigns.json';
import data from './data.json';
import decisions from './decisions.json';
import deliveries from './deliveries.json';
import draft from './draft.json';
import levels from './levels.json';
import release from './release.json';
import replies from './replies.json';
import retention from './retention.json';
import sources from './sources.json';
import status from './status.json';
import stuck from './stuck.json';
import explain from './explain.json';
import features from './features.json';
import files from './files.json';
import flow from './flow.json';
import history from './history.json';
import home from './home.json';
import hooks from './hooks.json';
import keys from './keys.json';
import launch from './launch.json';
import live from './live.json';
import messages from './messages.json';
import pacing from './pacing.json';
import safety from './safety.json';
import people from './people.json';
import plan from './plan.json';
import reasons from './reasons.json';
import recipes from './recipes.json';
import reports from './reports.json';
import results from './results.json';
import segments from './segments.json';
import session from './session.json';
import autoMessages from './autoMessages.json';
import inApp from './inApp.json';
import tagField from './tagField.json';
import website from './website.json';
import webhooks from './webhooks.json';
import settings from './settings.json';
import sending from './sending.json';
import rules from './rules.json';
import audit from './audit.json';
import series from './series.json';
import simulate from './simulate.json';
import walk from './walk.json';

/** The same in Korean. */
export default {
  ...app,
  anomalies,
  levels,
  release,
  replies,
  retention,
  sources,
  status,
  canaries,
  stuck,
  tagField,
  inApp,
  autoMessages,
  broadcast,
  campaignPeople,
  campaigns,
  data,
  decisions,
  deliveries,
  draft,
  explain,
  features,
  files,
  flow,
  history,
  home,
  hooks,
  keys,
  launch,
  live,
  messages,
  pacing,
  safety,
  people,
  plan,
  reasons,
  recipes,
  reports,
  results,
  segments,
  session,
  website,
  webhooks,
  settings,
  sending,
  rules,
  audit,
  series,
  simulate,
  walk,
};
