import { any, type WordRule } from './word-rule.js';

/** Texts whose words say something else than they mean: asked before all others. */
export const ABOUT_CODES: readonly WordRule[] = [
  ['block_reputation', any(
    // Exim and cPanel verify OUR address and quote what they were told about it ("no such user here").
    /sender verify failed|verification failed for|callback setup failed/,
    // Challenge and response: a person has to prove to be one.
    /confirm that you|prove (?:that )?you|verify (?:that )?you(?:'re| are)|human being|challenge|click (?:on )?the (?:link|button) (?:below )?to (?:deliver|release)/,
  )],
  // cPanel refuses names that do not resolve with a sentence that names every cause there is; qmail says it plainly.
  ['bad_domain', any(/account or domain may not exist/, /find any host named/)],
  // Gmail, when nobody answers at the other end.
  ['network', any(/did not accept our requests to connect/)],
  ['other', any(
    // A program on their machine failed (Exim pipes, procmail, maildrop, Sendmail): what it says about users is about its own.
    /pipe to \||couldn't create|(?:can(?:no|')t|could not|unable to) (?:create|open|write|lock|execute|append)|command (?:died|failed|line)/,
    /unknown mailer error|exit (?:status|code|value)|core dump|procmail:|maildrop:|mailer (?:died|error)|program (?:failed|exited)/,
    // Aruba PEC, Gmail groups, Mailman: one sentence for "not there" and "there, but not for you".
    /(?:unknown|not found|not exist|invalid|unavailable|sconosciuto|unbekannt|inconnue?) (?:or|o|oder|ou) (?:not (?:allowed|enabled|permitted|authori)|non |nicht |pas |access|over|full|disabled|blocked|inactive|suspended)/,
    /may not exist,? or you may not|(?:unknown|unbekannter|erreur|errore|error|ошибка) ?(?:error|fehler|inconnue|sconosciuto|desconocido)|неизвестная ошибка|알 ?수 ?없는 ?(?:오류|이유|에러)|不明なエラー|未知错误/,
  )],
  ['invalid_recipient', any(
    // Microsoft's edge knows all recipients and calls the others "Access denied", with this code and no other.
    /5\.4\.1 [^.]{0,40}recipient address rejected: access denied/,
    /resolver adr (?:recip|recipient|exrecip)notfound/,
  )],
];

/** Refusals without a reason: after everything that names one. */
export const ABOUT_NOTHING: readonly WordRule[] = [
  ['block_reputation', any(
    // Outlook.com, Hanmail, filters that speak to the sender.
    /your (?:message|mail|e-?mail)s? (?:\S+ ){0,6}(?:block|list|ban|reject|refus|denied|deny|not (?:allowed|permitted|accepted|welcome)|prohibit|restrict|suspend|discard)/,
    // Exchange ("message refused"), Orange ("mail rejete"), SFR.
    /(?:mail|message|e-?mail|transaction|content|data)s? (?:\S+ ){0,3}(?:rejected|denied|refused|discarded|dropped)/,
    /reject(?:ed)?(?:ing)? (?:this|the|your|mail|message|email|connection)|rejected (?:by|for|due|because|as|per|under|message|on|after)|rejected,? id/,
    // Postfix access maps, La Poste (LPN), mail.ru, Exim ACLs.
    /refused mail|service (?:refus[eé]d?|denied)|access (?:is )?(?:denied|restricted|forbidden)|access deny|permission denied|no access|\bblocked\b/,
    /(?:will|do|did|does|can)(?: not|n't) accept|not accepted|unfortunately, (?:messages|mail)/,
  )],
];

/** The way there: time, networks, machines. */
export const ABOUT_WAYS: readonly WordRule[] = [
  ['expired', any(
    // Exim ("retry time"), Sendmail, qmail ("in the queue too long"), Exchange (4.4.7, 5.4.300).
    /expired|retry time|(?:in|on) the queue (?:too )?long|been in (?:the )?queue|too long in|queue (?:\w+ )?(?:time|life)|message (?:too|is too) old/,
    /(?:over|for|than|last|within|after) (?:\S+ )?(?:\d+|\w+) (?:days?|hours?|minutes?)|will (?:be re)?-?(?:try|tried|keep|continue)/,
    /has been delayed|not yet been|still (?:being )?(?:tr|undelivered)|delay(?:ed)?|배달.{0,8}지연|遅延/,
  )],
  ['network', any(
    // Postfix, Exim, qmail, Gmail on connections and TLS.
    /connect(?:ion|ed|ing)?\b|timed? ?-?out|time-?out|unreachable|no route|tls|ssl|certificate|handshake|refused|\blost|\bclosed|reset|dropped|host unreachable/,
    /hops?\b|loop|routing|name ?server|dns|network|unavailable|not responding|no answer|no response|down\b|temporar|try (?:again|later)|later\b|busy/,
    /연결|시간 ?초과|接続|タイムアウト/,
  )],
  ['protocol', any(
    // Every server, when a command or its own configuration was wrong.
    /syntax|command (?:not|unrecogni[sz]ed|sequence|rejected|parameter)|unrecogni[sz]ed|protocol|bad sequence|out of order|not implemented|parameter/,
    /pipelin|smtputf8|local error|system error|internal error|configuration|software error|i\/o error|i\/o|error (?:in|while) processing|processing error/,
  )],
];
