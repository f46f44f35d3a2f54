import app from './app.json';
import campaigns from './campaigns.json';
import data from './data.json';
import deliveries from './deliveries.json';
import draft from './draft.json';
import home from './home.json';
import keys from './keys.json';
import messages from './messages.json';
import people from './people.json';
import reasons from './reasons.json';
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

/** The same in Korean. */
export default {
  ...app,
  tagField,
  inApp,
  autoMessages,
  campaigns,
  data,
  deliveries,
  draft,
  home,
  keys,
  messages,
  people,
  reasons,
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
};
