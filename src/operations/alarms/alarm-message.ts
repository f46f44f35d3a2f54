import Handlebars from 'handlebars';
import { LABELS, markOf, pathOf, sentenceOf, subjectOf } from './domain/words.js';
import type { Parcel } from './store/notices.store.js';

const COLOURS = { bad: '#D64545', warn: '#E0A100', closed: '#2F9E44' };

/** No pictures, no style but what reads well in a plain inbox: an alarm is read at night on a phone. */
const HTML = Handlebars.compile(`<!doctype html><html lang="{{language}}"><meta charset="utf-8"><body style="font:16px/1.5 system-ui,sans-serif;margin:0;padding:16px;color:#1a1a1a;background:#ffffff">
<h1 style="font-size:18px;margin:0 0 12px">{{subject}}</h1>
{{#each items}}<p style="margin:0 0 12px;padding-left:12px;border-left:4px solid {{colour}}"><strong>{{mark}}</strong><br>{{sentence}}<br><a href="{{url}}">{{url}}</a></p>
{{/each}}<p style="margin:16px 0 0;font-size:13px;color:#595959">{{labels.why}} <a href="{{stopUrl}}">{{labels.stop}}</a></p></body></html>`, { strict: true, knownHelpersOnly: true });

export interface AlarmMessage {
  stopUrl: string;
  mail: { subject: string; html: string; text: string };
  hook: { type: 'danbi.alarm'; data: Record<string, unknown>; title: string; text: string; color: string; link: { label: string; url: string } };
}

/** One message about all that is new to a target, as mail, as data and as text of a chat. Pure. */
export function messageOf({ language, notices, stopKey }: Pick<Parcel, 'language' | 'notices' | 'stopKey'>, { workspace, home, at }: { workspace: string; home: string; at: Date }): AlarmMessage {
  const labels = LABELS[language];
  const stopUrl = `${home}/alarms/stop/${stopKey}`;
  const items = notices.map(({ alarmId, kind, level, facts, occasion, openedAt, closedAt }) => ({
    alarmId, kind, level, occasion, openedAt, closedAt, facts, mark: markOf(occasion, level, language), sentence: sentenceOf(kind, facts, language), url: `${home}${pathOf(kind, facts)}`, colour: COLOURS[occasion === 'closed' ? 'closed' : level],
  }));
  const subject = subjectOf(workspace, notices, language);
  const lines = items.map(({ mark, sentence, url }) => `${mark}: ${sentence}\n${url}`);
  return {
    stopUrl,
    mail: { subject, html: HTML({ language, subject, items, labels, stopUrl }), text: [subject, ...lines, `${labels.why} ${labels.stop}: ${stopUrl}`].join('\n\n') },
    hook: {
      type: 'danbi.alarm', title: subject, text: items.map(({ mark, sentence }) => `${mark}: ${sentence}`).join('\n'), color: items.find(({ colour }) => colour === COLOURS.bad)?.colour ?? items[0]!.colour, link: { label: labels.open, url: home },
      data: { workspace, sentAt: at.toISOString(), alarms: items.map(({ alarmId, kind, level, occasion, openedAt, closedAt, facts, sentence, url }) => ({ id: alarmId, kind, level, occasion, openedAt: openedAt.toISOString(), closedAt: closedAt?.toISOString() ?? null, facts, message: sentence, url })) },
    },
  };
}
