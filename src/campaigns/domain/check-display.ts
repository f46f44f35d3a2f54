import type { Display, DisplayTrigger, PageRule } from '../../contract/display.js';
import { hostOf, translatePattern } from '../../segments/domain/url-pattern.js';
import { fault, warning, type Finding } from './finding.js';

/** What can be found wrong or doubtful in the rules of display without looking anything up; places begin with `display`. */
export function displayFindings({ page, trigger, frequency, schedule }: Display, now: Date): Finding[] {
  return [
    ...pageFindings(page),
    ...(page.include.length > 0 || isNarrow(page) || isCalled(trigger) ? [] : [warning('display.page.include', 'every-page', 'Without a page rule it is displayed on every page.')]),
    ...(trigger.type === 'exit_intent' && page.device === 'mobile' && !trigger.touch ? [warning('display.trigger.touch', 'never-fires', 'Phones and tablets have no pointer that leaves the page; unless a quick scroll back counts there too, this never fires on them.')] : []),
    ...(schedule ? scheduleFindings(schedule, now) : []),
    ...frequencyFindings(frequency),
  ];
}

/** Something narrower than every page is said. */
const isNarrow = ({ query, referrer, utm }: PageRule): boolean => query.length > 0 || referrer.length > 0 || Object.keys(utm).length > 0;
/** The page itself says when. */
const isCalled = ({ type }: DisplayTrigger): boolean => type === 'manual' || type === 'event';

const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

function pageFindings({ include, exclude, query, referrer, languages, visits }: PageRule): Finding[] {
  const patterns = [...include.map((rule, index) => ({ rule, path: `display.page.include.${index}.pattern` })), ...exclude.map((rule, index) => ({ rule, path: `display.page.exclude.${index}.pattern` }))];
  return [
    ...patterns.flatMap(({ rule, path }) => {
      const translated = translatePattern(rule);
      return 'problem' in translated ? [fault(path, 'page-pattern', translated.problem)] : [];
    }),
    ...exclude.flatMap(({ match, pattern }, index) => (match === 'glob' && /^(\*\*|\/\*\*|\*\*\/\*\*)$/.test(pattern.trim()) ? [fault(`display.page.exclude.${index}.pattern`, 'no-page', 'This leaves every page out, so it would never be displayed.')] : [])),
    ...query.flatMap(({ op, value }, index) => {
      const compares = op === 'is' || op === 'is_not';
      return compares === (value !== undefined) ? [] : [fault(`display.page.query.${index}.value`, 'query-value', compares ? `"${op}" needs a text to compare with.` : `"${op}" takes no value.`)];
    }),
    ...referrer.flatMap((host, index) => (host === 'direct' || hostOf(host) !== null ? [] : [fault(`display.page.referrer.${index}`, 'referrer-host', `"${host}" is no host. Give the host alone, for example "naver.com", or "direct".`)])),
    ...languages.flatMap((one, index) => (LANGUAGE.test(one) ? [] : [fault(`display.page.languages.${index}`, 'language', `"${one}" is no language, for example "ko" or "en-US".`)])),
    ...(visits?.max !== undefined && visits.min > visits.max ? [fault('display.page.visits.max', 'visits-empty', `No visit is both number ${visits.min} or later and number ${visits.max} or earlier.`)] : []),
  ];
}

function scheduleFindings({ from, until, hours }: NonNullable<Display['schedule']>, now: Date): Finding[] {
  const [begins, ends] = [from, until].map((moment) => (moment === undefined ? null : Date.parse(moment)));
  return [
    ...(ends !== null && ends! <= now.getTime() ? [fault('display.schedule.until', 'schedule-past', 'This moment has passed, so it would never be displayed.')] : []),
    ...(begins !== null && ends !== null && ends! > now.getTime() && begins! >= ends! ? [fault('display.schedule.until', 'schedule-empty', 'The schedule ends before it begins.')] : []),
    ...(hours && hours.from === hours.to ? [fault('display.schedule.hours.to', 'hours-empty', 'Hours from and to the same time are none. Leave them out for the whole day.')] : []),
  ];
}

function frequencyFindings({ times, every, oncePerVisit }: Display['frequency']): Finding[] {
  return [
    ...(times === 1 && every ? [warning('display.frequency.every', 'no-repeat', 'It is displayed once to each person, so there is nothing to keep apart. Let it be displayed more often, or leave no time in between.')] : []),
    ...(times === null && !every && !oncePerVisit ? [warning('display.frequency', 'no-limit', 'Nothing but the limit of displays a day keeps it from being displayed on every page view.')] : []),
  ];
}
