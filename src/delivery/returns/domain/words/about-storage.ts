import { any, type WordRule } from './word-rule.js';

/** The mailbox has no room, or the message is larger than anybody takes there. */
export const ABOUT_STORAGE: readonly WordRule[] = [
  ['full', any(
    // Dovecot, Cyrus, Courier, vpopmail, Gmail, Zimbra, GMX: over quota.
    /quota|over ?-?limit|overquota|over its (?:limit|allowed)/,
    // Postfix virtual, Exchange (5.2.2), Exim, iPlanet: the mailbox is full.
    /(?:mail ?box|inbox|account|mail ?folder|folder|mail ?dir|maildrop|user|recipient|mailstore|storage|spool|disk|drive|file ?system|drop ?box|mailfolder|maildirectory|box|mail ?spool)(?:'s)?(?: \S+){0,4} (?:is |was |are |has |been |too |now |already |currently )*(?:full|over[- ]?full|filled|overflow|overdrawn|exceed(?:ed|s|ing)?|exhausted|out of space|over (?:its |the |size|storage|allowed|maximum)|at (?:its )?(?:limit|capacity|maximum)|reached)/,
    /(?:full|overfull|overloaded|filled) (?:mail ?box|inbox|mailfolder)/,
    /exceed(?:ed|s|ing)? (?:\S+ ){0,5}(?:storage|space|mail ?box|disk|allocation|capacity|mailbox size)/,
    // Sendmail and Postfix (4.3.1), QQ: the disk is full.
    /(?:not enough|insufficient|no more|out of|lack of|no|low on|insuff\w*|inadequate|low) (?:\w+ ){0,3}(?:disk|storage|space|room|memory)/,
    /(?:space|storage|disk) (?:left|limit|shortage|is low|exceeded|allocation|full|usage)|mailbox size|too much (?:mail|data)/,
    /can(?:not|'t) (?:hold|accept|receive) (?:any ?)?more|has too many messages|no room|inbox (?:is )?at/,
    // Naver, Daum; Japanese, Chinese and European hosts.
    /용량|가득|꽉 ?찼|메일함.{0,10}초과|容量|いっぱい|一杯|満杯|溢れ|已满|空间不足|超出.{0,10}(?:限额|配额)|arrasada|llen[oa]|pien[oa]|cheia?\b|lotad[ao]|pleine?|saturée?|voll\b|überfüllt/,
    /vol\b|переполнен|nadmiar|espaço|espacio insuf/,
  )],
  ['too_big', any(
    // Postfix, Exim, qmail (databytes), Gmail (5.3.4): size limits.
    /(?:message|mail|e-?mail|body|data|content|file)(?:'s)?(?: \S+){0,2} (?:too (?:large|big|long)|is larger|exceeds? (?:the )?(?:\w+ ){0,4}(?:size|length|limit|maximum|mb))/,
    /too (?:large|big) (?:message|mail|for)/,
    /(?:max(?:imum)?|fixed|message|mail) (?:message |mail |file |allowed )?size(?: \S+){0,2} (?:limit|exceed|is|allowed)/,
    /size (?:limit|of (?:this|the|your) (?:message|mail))|exceeds? (?:the )?(?:\w+ ){0,3}(?:size|maximum (?:message|mail|length))/,
    /larger than (?:the |we )?(?:\w+ )?(?:limit|accept|allow|maximum|permitted)|megabytes?|용량.{0,10}(?:큰|크|제한)|메일 ?크기|サイズ(?:が|を)?(?:超|大)|邮件(?:太大|过大|大小)/,
  )],
];

/** What is wrong with the message as it is written. */
export const ABOUT_CONTENT: readonly WordRule[] = [
  ['content', any(
    // amavis, Exchange, NetEase, Korean gateways.
    /attachment|file (?:type|extension|name)|executable|macro|archive|encrypted zip|forbidden (?:file|content)|banned (?:file|content|word)/,
    /bad (?:content|words?|header)|unacceptable content|objectionable|content (?:reject|denied|not (?:allowed|accepted)|blocked|restrict|inspection|scan)/,
    /message content|첨부/,
    // qmail, Gmail, Exim: lines and headers that RFC 5322 does not allow.
    /(?:bare|lone) (?:lf|cr|linefeed|newline)|lines? (?:\w+ )?too long|line length|header (?:error|too|syntax|is missing|missing|invalid|not)/,
    /headers? (?:\w+ ){0,3}(?:missing|malformed|invalid|duplicate)|missing (?:\S+ )?(?:header|date|message-id|from|subject)/,
    /malformed (?:header|mime|message|mail|from|address|date|e-?mail)|multiple (?:from|subject|to)|duplicate header|mime (?:error|type|structure)|8-?bit/,
    // Sendmail and Exim: 8BITMIME, charsets, MIME.
    /non-?ascii|binary data|conversion (?:is )?(?:required|prohibited|failed|not)|charset|character set|message (?:format|syntax|body|could not be parsed)/,
    /content error|unparsable|invalid (?:header|message|mime|content)/,
  )],
];
