import { any, type WordRule } from './word-rule.js';

const NEAR = "(?:'s)?(?: (?!said|or|and|but|server|domain|policy)\\S+)";
const not = "(?: not|n't|nt|not)";
/** Who or what can be missing. A bare "e-mail" is a message more often than an address. */
const WHO = '(?:user|recipient|mail ?box|account|address|addressee|alias|login|person|subscriber|customer|user ?name|local[ -]part|destinataire|destinatario|empfänger|e-?mail ?(?:address|account|id)|inbox|mail id)';
/** Absence said in so many words: may stand far from its subject. */
const ABSENT = `(?:unknown|not found|not exist\\w*|non-?exist\\w*|(?:does|do|did|could|can|is|was|are|has|have|were)${not}(?: \\w+){0,2}? (?:exist\\w*|found|find|valid|known|recogni[sz]ed|listed|locate\\w*|match\\w*|identif\\w*|have an?|resolv\\w*|here|hosted|local|registered|defined|a (?:valid|known|local|registered)|in (?:our|the|this)|on (?:our|this|the) (?:server|system)|permitted here|live here|with us|on file)|no(?:t| longer) (?:\\w+ ){0,2}?(?:exist\\w*|found|valid|known|recogni[sz]ed|listed|registered|works?|employed|here|in use|used|monitored|on (?:our|this|the)? ?(?:server|system)|local|available|active|a (?:valid|user|customer|member)|defined)|no longer (?:\\w+ ){0,2}?(?:accept|receiv)\\w*|unrecogni[sz]ed|no mailbox|has (?:left|moved|been (?:closed|deleted|removed|terminated|cancel?led|discontinued|retired))|was (?:deleted|removed|closed)|undefined|nonexistent|unresolv\\w*)`;
/** Words that also say other things of other subjects: only right behind theirs. */
const WEAK = '(?:invalid|unavailable|not (?:available|valid)|undeliverable|incorrect|misspelled|illegal|bad|wrong|gone|closed|deleted|cancel?led|removed|discontinued|ceased|is no good|failed verification|unverified)';

/** Nobody reads there for now, nobody of that name is there, or there is no such place. */
export const ABOUT_PEOPLE: readonly WordRule[] = [
  ['network', any(
    // "Host not found, try again" (Postfix, Exim, Sendmail) is a silence, not an answer; so is SERVFAIL at Gmail.
    /(?:host|domain|name) (?:\w+ )?(?:not found|lookup|resolution|service)[^.]{0,60}(?:try again|temporar|tempfail|timed? ?out|servfail|refused)/,
    /(?:dns|name ?server|mx|resolver)[^.]{0,40}(?:temporar|timed? ?out|tempfail|servfail|server failure|try again)/,
    /temporary (?:failure in name|lookup|dns|name|resol)|lookup (?:\w+ )?(?:defer|timed? ?out|temporar)|no route to/,
  )],
  ['inactive', any(
    // Gmail (5.2.1), Yahoo (554.30), iCloud, mail.ru, Yahoo Korea ("inactive mbox"): switched off, not gone.
    /(?:mail ?box|mbox|account|user|recipient|address|addr|e-?mail|login)(?:'s)?(?: \S+){0,5} (?:disabled|inactive|suspended|deactivated|dormant|frozen|locked|on hold|not (?:been )?activ\w*|inactivated|temporarily (?:blocked|closed|locked))/,
    /(?:disabled|inactive|suspended|deactivated|dormant|frozen|locked|blocked|non-?active|not active|inactivated) (?:mail ?box|mbox|account|user|recipient|address|e-?mail|login|due)/,
    /account (?:has )?(?:been )?(?:temporarily )?(?:restricted|limited|blocked|expired|hold)|mailbox (?:is )?(?:currently )?(?:blocked|closed temporarily)|user (?:hangup|rejected)/,
    /user ?disabled|over 90 days|not (?:logged|signed) in (?:for|since)/,
    // Naver and Daum (휴면), QQ and NetEase, German, Spanish, French, Italian and Russian hosts.
    /휴면|정지된|중지된|비활성|休眠|停用|冻结|禁用|deaktiviert|gesperrt|suspendida|desactiv|disattivat|falta de uso|отключен|приостановлен|неактив/,
  )],
  ['invalid_recipient', any(
    // Postfix, Sendmail, Exchange, Exim, Dovecot: the subject, then its absence.
    new RegExp(`\\b${WHO}s?(?! (?:mail )?(?:server|domain|host|system|site))${NEAR}{0,6}? ${ABSENT}`),
    new RegExp(`\\b${WHO}s?(?! (?:mail )?(?:server|domain|host|system|site))${NEAR}{0,2}? ${WEAK}(?! (?:to|because|due|until|temporar|at this time|for you|from|characters?|syntax))`),
    // Exim ("unknown user"), Symantec ("invalid recipient"), qmail, QQ: the absence, then its subject.
    new RegExp(`\\b(?:unknown|unkown|no such|nosuch|invalid|non-?existent|nonexisting|non existing|not a valid|not a known|bad|incorrect|illegal|undefined|unrecogni[sz]ed|unrouteable|unroutable|undeliverable|unresolvable|obsolete|not our|not a|no valid|wrong|no matching|unexisting|mistyped|missing|nonexistant|deleted|closed|cancel?led|not existing|no active|not (?:a )?local|no local|unavailable)(?: (?:or|e-?mail|mail|local|destination|final|receiving|virtual|illegal|the|smtp|intended|rcpt|to|internal|existing|valid|final|envelope|such|invalid|a)){0,4} ${WHO}(?! (?:syntax|format))`),
    // qmail and vpopmail (chkuser), cPanel, Yahoo.
    /no (?:mailbox|mail ?drop|user|account|one|person|body|recipient|such|address|inbox)(?: \S+){0,3} (?:here|by that name|with that name|found|called|at this|on this|of that|by this|exists?|named)/,
    /doesn't have an? (?:\S+ )?(?:account|mailbox)|does not have an? (?:\S+ )?(?:account|mailbox|valid|email delivery point)|no mailbox|nobody (?:here|by)|not (?:a )?user (?:of|at|on) this/,
    /not our (?:customer|user)|not (?:known|found|recogni[sz]ed|defined) (?:here|at)|user ?unknown|userunknown|not listed in (?:domino|the directory|our)/,
    /no ?such ?(?:user|recipient|mailbox|address|account|person|local|domain user)|nosuchuser|no such \w+ here|recipnotfound|badrcpt/,
    // Exim routers, Lotus, iPlanet, KDDI.
    /unknown ?user|unknown (?:in|rcpt|to address|at|alias|local)|unrouteable|unroutable|unknown or (?:illegal|invalid)|invalid rcpt|alias not|delivery error: dd this/,
    // Cisco ("#5.1.0 Address rejected."), AOL, Terra, Zimbra: the address is refused and no reason stands behind it.
    /address rejected(?=[.'")]{0,3} ?(?:$|\(|:? ?(?:host|addr|name|[a-z]{3}\.[a-z]{3})\W{0,3}(?:$|\()))|#5\.1\.1\b/,
    /addr(?:ess)?:? (?:recipient rejected|unknown|invalid|does not exist|doesn't exist|no such)/,
    /addr(?:: | )(?:user|mailbox|recipient|account|is not|does|doesn't|isn't)(?: \S+){0,3} ?(?:unknown|found|exist|here|valid|available)/,
    // Notes, Novell, Exchange 5.5: they looked and did not find.
    /can(?:no|')t (?:find|locate) (?:\S+ ){0,4}(?:user|recipient|mailbox|address|account|person|alias)/,
    /(?:couldn't|could not|cannot|can't|unable to) (?:be )?(?:find|found|locate|located)(?: \S+){0,4} ?(?:user|recipient|mailbox|address|account|person|alias)/,
    /(?:address|recipient|addr|user|mailbox|rcpt)(?: \S+){0,3} (?:couldn't|could not|cannot|can't) be (?:found|resolved|located|identified)|wasn't found (?:at|in|on)/,
    // RFC 5321's own words for 550 and 553 (Outlook.com, IONOS, GMX, Courier).
    /mailbox unavailable|mailbox not available|mailbox (?:name )?not (?:allowed|found|here|valid|exist\w*)|not a mailbox|unavailable mail user/,
    /(?:not|isn't) (?:an? )?(?:valid|local|known|registered|active|existing|current) (?:user|mailbox|recipient|address|account|e-?mail (?:address|account))/,
    // Companies about people who went: Exchange auto texts, Domino, freemail closures.
    /no longer (?:with|works?|employed|at|an employee|on (?:this|our)|in (?:use|service)|valid|exist|a (?:member|customer|user)|accepts? (?:any )?e?mail)/,
    /left the (?:company|organi[sz]ation)|mailbox (?:is |was |has been )?(?:deleted|removed|closed|cancel?led|moved)|address (?:has )?changed|hasmoved|has moved/,
    // Exchange Online explains 5.1.1 and 5.1.10 so; AT&T, Notes.
    /(?:address|recipient) may be misspelled|directory (?:search|lookup) failed|resolver adr|name (?:is )?not recogni[sz]ed|do(?:e)?sn't exist|do(?:es)?(?: no| not|n't) ?exists?|don't exists?|not exists?\b/,
    // Naver, Daum, Nate, Hiworks.
    /없는 ?(?:사용자|계정|메일|수신|주소|아이디|회원|편지함)|존재하지|존재 ?하지|수신자(?:를|가)? ?(?:찾을|없)|알 ?수 ?없는 ?(?:사용자|수신|주소|계정)|계정이 ?없/,
    /(?:사용자|수신인|주소|계정|메일함)(?:가|이|를|을)? ?(?:없|찾을|잘못|삭제)|탈퇴|유효하지 ?않은 ?(?:주소|수신|메일|계정|이메일)|잘못된 ?(?:주소|수신|메일 ?주소|이메일)|등록되지 ?않은/,
    // Japanese hosts and carriers.
    /存在しま|存在せ|宛先不明|あて先.{0,10}(?:不明|見つか|存在)|宛先.{0,20}(?:不明|見つか|存在|誤)|(?:ユーザ|アドレス|宛先|受信者).{0,12}(?:見つかりませ|見つけら)/,
    /該当.{0,12}(?:ユーザ|アドレス)|アドレスが.{0,10}(?:ない|ありません|見つ)|ユーザ.{0,6}(?:いません|不明)/,
    // QQ, NetEase, Coremail.
    /不存在|(?:用户|收件人|邮箱|帐号|账号|地址).{0,6}(?:找不到|无效|错误|未知)|(?:找不到|无此|没有此|查无|无效)的?(?:用户|收件人|邮箱|帐号|账号|地址|此人)|用户.{0,4}未/,
    // web.de and German hosts; Orange, Free; Spanish, Italian, Portuguese hosts.
    /(?:benutzer|empfänger|adresse|postfach|teilnehmer|user)(?: \S+){0,4} unbekannt|unbekannte[rs]? (?:benutzer|empfänger|adresse)|existiert nicht|(?:benutzer|empfänger|adresse|postfach)(?: \S+){0,4} nicht (?:gefunden|vorhanden|bekannt|existent)/,
    /kein(?:en?)? (?:solche|gültige|benutzer|empfänger|mailbox)|ungültige (?:adresse|empf)|n'existe (?:pas|plus)|n'accepte plus|(?:adresse|destinataire|utilisateur|boîte|compte)(?: \S+){0,4} (?:inexistante?|inconnue?|introuvable|invalide)/,
    /no existe|no se encuentra en (?:el|la) (?:directorio|libreta)|(?:usuario|cuenta|buzón|dirección|casilla|destinatario|usuário|conta|endereço)(?: \S+){0,4} (?:desconocid|inexistente|no (?:se )?encontr|no válid|desconhecid|não encontrad)/,
    /non esiste|(?:utente|indirizzo|casella|destinatario)(?: \S+){0,4} (?:sconosciut|inesistente|non trovat)|não existe|nao existe/,
    // Dutch, Polish, Russian, Turkish, Nordic and Czech hosts.
    /(?:gebruiker|adres)(?: \S+){0,4} (?:onbekend|niet gevonden)|bestaat niet|nie istnieje|nieznany (?:użytkownik|adresat|odbiorca)|nie znaleziono (?:użytk|adres|odbior)/,
    /не существует|(?:пользователь|адрес|ящик|получатель)(?: \S+){0,4} не найден|нет такого|неизвестный (?:пользователь|получатель|адрес)|несуществующ/,
    /kullanıcı.{0,10}(?:yok|bulunamadı)|existerar inte|finns inte|findes ikke|ukendt (?:bruger|modtager)|ei löydy|neexistuje|neznámý (?:uživatel|příjemce)/,
  )],
  ['bad_domain', any(
    // Postfix ("Host or domain name not found"), Sendmail ("Host unknown"), Exim: the name itself has no answer.
    /(?:host|domain|mx|hostname|domain name|mail server)(?:'s)?(?: (?!said|refused|rejected|or\b)\S+){0,4}? (?:not found|unknown|(?:does|do|did|could|can|is|was)(?: not|n't)(?: \w+){0,2} (?:exist|found|find|resolv\w*|known)|not exist\w*|nonexistent|non-?existent|no longer (?:exist|valid|in use)|couldn't be found|has no (?:mx|a|mail|dns)|unresolvable|cannot be resolved|can't be resolved|never receives?|doesn't receive|accepts? no|is not valid|is invalid)/,
    /(?:unknown|no such|invalid|illegal|non-?existent|unrouteable|unroutable|unresolvable|couldn't find any|could not find any|can't find|cannot find|unable to (?:find|resolve)|could not resolve|not find|not resolve) (?:\w+ ){0,3}(?:host|domain|mail ?server|mail ?exchanger|mx|hostname|mx record)s?\b(?! name lookup)/,
    /no (?:valid |mail ?)?(?:mx|mail server|mail exchange|mailer|exchanger)s? ?(?:records?|entr\w+|hosts?|found|for|exists?|available)|no mail ?(?:server|exchanger|host)/,
    // Gmail (NXDOMAIN, "no relevant answers"), RFC 7505, RFC 7504, Exim (records that point nowhere).
    /\b(?:521|556) (?:5\.\d{1,3}\.\d{1,3} )?[^.]{0,120}(?:system|host|server|domain|machine) (?:is |does )?not accept(?:ing)? (?:any |network )?(?:mail|e-?mail|messages)/,
    /name or service not known|nxdomain|couldn't find a mail exchanger|null ?mx|nullmx|no relevant answer|all relevant mx records point to non|unrouteable mail domain|(?:host|domain|site) (?:host )?does(?: not|n't) accept (?:any )?e?mails?(?! (?:from|with|over|sent|for))/,
    /도메인.{0,12}(?:없|존재|찾을|잘못)|ドメイン.{0,12}(?:存在|見つ|不明)|域名.{0,8}(?:不存在|错误|无效)|домен.{0,20}не (?:найден|существует)/,
  )],
];
