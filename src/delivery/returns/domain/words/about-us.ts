import { any, type WordRule } from './word-rule.js';

/**
 * Refusals that concern the sender, its servers, its pace or the content. They come before everything about people: blocking
 * servers like to say "recipient rejected" or "user unknown" on the way.
 */
export const ABOUT_US: readonly WordRule[] = [
  // Silence of the name service about our own name, and rules for senders, come before "does not exist".
  ['block_auth', any(
    // Gmail (5.7.26), Microsoft 365 (5.7.509, 5.7.515), Naver, Yahoo: the domain in From is not proven.
    /\bdmarc\b/,
    /\bdkim\b/,
    /\bspf\b|sender policy framework|sender id\b/,
    // Gmail, Microsoft 365 for groups inside a company, Postfix and Exim as submission servers.
    /unauthenticated|not authenticated|authentication (?:checks?|information|results?)|fails? authentication|did not pass authentication/,
    /proper authentication|authentication[- ](?:required|is required|failed|failure|needed|type)|must (?:be )?authenticat|5\.7\.26|5\.7\.515/,
    // NetEase, Kagoya, PEC: a login or TLS was expected.
    /smtp auth|not logged in|please log ?in|must issue a starttls|requires? (?:tls|encryption)|encryption (?:is )?(?:required|needed)/,
  )],
  ['content', any(
    // ClamAV behind Postfix and Exim, Trend Micro, Symantec; Korean, Chinese, Japanese and Russian gateways.
    /virus|malware|infected|worm\b|ransomware|dangerous|harmful|\bvir\b|바이러스|病毒|ウイルス|вирус/,
    // amavis, Barracuda, Exchange transport rules.
    /(?:prohibited|banned|bad|forbidden|blocked|unacceptable|objectionable|disallowed|illegal) (?:attachment|file|content|word|extension)/,
    /(?:attachment|file|extension)s? (?:\S+ ){0,3}(?:prohibited|banned|forbidden|blocked|not allowed)/,
  )],
  ['rate_limit', any(
    // Sendmail, Postfix anvil, Yahoo, Comcast, Microsoft 365 (4.7.652).
    /too many (?:\w+ ){0,3}(?:connections?|sessions?|messages?|mails?|recipients?|errors?|requests?|concurrent|emails?|invalid|unknown|rcpts?|hops? per|login)/,
    // Gmail (4.7.28), GMX, web.de, QQ.
    /rate[- ]?limit|rate is (?:too|higher)|\brate (?:control|exceeded|that prevents)|throttl|too (?:fast|quickly|frequent|often)|slow down/,
    /unusual(?:ly)? (?:high )?rate|excessive (?:rate|number|unknown)/,
    // Exchange, cPanel hosts, Amazon SES, Gmail relays (5.4.5).
    /(?:connection|session|recipient|message|sending|send|daily|hourly|sender|relay(?:ing)?|outgoing|mail) (?:\w+ ){0,2}(?:limit|quota)s? (?:\w+ ){0,3}(?:exceed|reach)/,
    /exceed(?:ed|s|ing)? (?:\w+ ){0,4}(?:connection|sending|send|rate|hourly|daily|messages? per|recipients? per|emails? per|sender|maximum number|allowed number|number of) ?/,
    /maximum number of (?:\w+ ){0,2}(?:connections?|messages|recipients|sessions|concurrent)|concurrent (?:\w+ )?connections|frequency limit|频率|连接数/,
    // Naver and Daum: too many at once.
    /발송 ?(?:횟수|제한)|동시 ?접속/,
    // Gmail (4.2.1), Yahoo (TSS04).
    /receiving (?:mail|messages?) (?:too quickly|at a rate)|unexpected volume|traffic (?:is )?(?:too )?(?:high|exceed)|server (?:is )?(?:too )?busy/,
    /out of connection slots|resources temporarily unavailable.{0,20}connection/,
  )],
  ['greylist', any(/gr[ae]y ?-?list/, /postgrey|greylisted|please (?:try|retry) (?:again )?(?:in|after) \d+ ?(?:s|sec|seconds|min|minutes)|first attempt|new sender.{0,40}(?:later|delay)/)],
  ['block_reputation', any(
    // Everybody; Free, Orange, mail.ru, Daum (DAS51), SpamAssassin, rspamd.
    /\bspam\b|spammer|spamming|spam[- ]?(?:like|filter|check|detect|score|content|assassin|trap|message|mail)|anti-?spam|\bube\b|\buce\b|junk|unsolicited/,
    /bulk (?:e-?)?mail|phish|스팸|垃圾|スパム|迷惑メール|спам/,
    // Spamhaus, SpamCop, Barracuda, SORBS users; Microsoft block lists; Korean, Chinese, Japanese and Russian servers.
    /\bdnsbl\b|\brbls?\b|black ?-?list|block ?-?list|deny ?-?list|black ?hole|(?<!not |isn't )listed (?:at|by|in|on|as)\b/,
    /(?:is|was|are|been|currently) listed|list(?:ed)? \w{0,20} ?dnsbl|차단 ?(?:목록|된|되)|수신 ?(?:거부|차단)|블랙 ?리스트|黑名单|拒绝|拒収|受信拒否|拒否|черн(?:ом|ый) списк/,
    /заблокирован/,
    // Cisco (SenderBase), Cloudmark, Proofpoint, Comcast, Yahoo.
    /reputation|poor sender|bad sender|senderbase|sender ?score|trust score|feedback (?:from|of) users|user complaints|complaint rate/,
    /not (?:yet )?(?:trusted|reputable)|suspicio(?:us|n)|looks like|abuse|abusive|hostile|malicious (?:sender|host|ip)|open (?:relay|proxy)|botnet|zombie/,
    /trojan|dynamic(?:ally)? (?:ip|address|host|assigned|allocated)|generic (?:ptr|reverse|rdns|host)|residential|dial-?up/,
    // Gmail and T-Online to home connections.
    /isp'?s? (?:mail|smtp) (?:server|relay)|smtp (?:server|relay) of your|own (?:isp|provider)|use your (?:isp|provider|own)/,
    // AT&T, AOL, Gmail (5.7.25), Postfix reject_unknown_client_hostname.
    /\bptr\b|reverse (?:dns|lookup|name|resol|mapping|address)|\brdns\b|fcrdns|fix reverse|cannot find your (?:reverse )?host ?name/,
    /(?:client|your) host(?: |\[|name)|host ?name (?:lookup|verification|does not|required)|\b(?:helo|ehlo)\b(?! ok)/,
    // Hanmail, T-Online, Outlook.com, small filters.
    /your (?:server|host|ip|ip address|network|mail ?server|domain|isp|client|mta|system)s? (?:\S+ ){0,6}(?:block|list|ban|reject|refus|denied|deny|not (?:allowed|permitted|accepted|welcome)|unacceptable|detected|violat|classified|considered|identified|prohibit|restrict|flagged|suspend|discard)/,
    // Postfix reject_unlisted_sender and reject_unknown_sender_domain, Exim sender verify, Sendmail.
    /sender(?: \S+){0,3} (?:rejected|denied|refused|blocked|not (?:allowed|permitted|accepted|exist|found|valid|verified)|verif(?:y|ication)|invalid|unknown|does not|doesn't|must|is on|was|ip)/,
    /(?:verify|verification of|invalid|bad|illegal|unknown|unverified|verified|unresolvable|domain of|banned|blocked|rejected|reject|unauthori[sz]ed|your|envelope) ?(?:the |mail |envelope |e-?mail )?(?:sender|from|mail from|return[- ]path)(?! domain of recipient)/,
    /mail ?from (?:\S+ ){0,4}(?:rejected|denied|refused|invalid|not|must|blocked|unknown|unresolv)|sender(?:'s)? (?:domain|address|host|mail|email)/,
    /domain of sender|from (?:domain|header|address)|from: ?(?:domain|address|header)|callout|call-?back|can(?:no|')t (?:verify|send mail as|resolve your)/,
    // Exchange (SendAsDenied), Amazon SES, SendGrid.
    /send ?as ?denied|sendasdenied|not (?:a )?(?:verified|allowed to send|permitted to send)|email address is not verified/,
    /not allowed to (?:send|use|relay|connect|post|mail)/,
    // Exchange groups (RESOLVER.RST), Mailman, Google Groups, Majordomo.
    /(?:not|isn't|is not|aren't) (?:authori[sz]ed|permitted|allowed|accepted) (?:to|by|for|from|here|in)|not a member|members? (?:only|of this)/,
    /restricted (?:to|recipient|list|address)|recipient(?:not)?restricted|only (?:\w+ ){0,3}(?:members|senders|subscribers|accepts|authori[sz]ed|allowed)/,
    // Lists, and Exchange in the languages of its installations.
    /moderat|approved sender|whitelist|allow-?list|friends|permissions? to|lack of permission|oprávnění|permisos?\b|autorisations?\b|berechtigung|권한|権限|权限/,
    /permissão|autorizzazion|разрешени|uprawnie|don'?t have permission|does not have permission|unauthori[sz]ed|approver/,
    // Allow lists of people and gateways.
    /not in (?:the )?(?:list of )?(?:allowed|permitted|accepted)|unwanted|do(?:es)?(?: not|n't) (?:want|like|accept mail from|accept (?:e-?)?mail from)/,
    // Mimecast, Proofpoint, Cisco, AOL, mail.com, GMX: a rule of the house.
    /\bpolic(?:y|ies)\b|policyrule|administrat(?:ive|ively|or|ors)?[^.]{0,30} (?:prohibit|reject|den|block|refus|polic|restrict)|prohibited by|prohibit/,
    // Microsoft 365 (5.7.606), AT&T, Proofpoint, fail2ban in front of small servers.
    /banned|\bbarred\b|bann?ing|denied by|blocked (?:by|using|for|due|because|from|mail|message|address|ip|sender|host|temporarily|until|at|on)/,
    /(?:been|is|was|are|temporarily|permanently|currently|got|were|ip|content|message|mail|address|connection|network|url) blocked/,
    /blocked[.;,]? ?(?:see|url|$)|\bblocked -|block(?:ing)? (?:list|mail|messages|policy)|refused by|connection refused by/,
    /refuse(?:d|s)? (?:to accept|to talk|to receive|your)|reject bulk|forbidden/,
    // qmail rcpthosts, Postfix, Exim, Exchange: they do not relay for us.
    /relay(?:ing)?(?: \w+){0,4} (?:denied|not permitted|not allowed|prohibited|disallowed|access|disabled|forbidden)/,
    /(?:not|unable to|can't|cannot|won't|don't|do not|no|deny|denied|refused|to) relay|relay(?:ing)? (?:mail|denied|for)|not (?:a )?(?:relay|gateway)/,
    /not configured to relay|rule ?(?:s|set)? (?:imposed|violation|reject)|security (?:policy|reason|violation|check)|violat(?:e|es|ed|ion|ing)/,
    // Symantec.cloud, MailScanner, content filters of universities.
    /unacceptable|not acceptable|filter(?:ed|ing|s)? (?:by|out|reject|rule)|by (?:a |our |the )?(?:content |mail |custom )?filter|content[- ]filter/,
    // Gmail, Exim and Courier on RFC 5322.
    /not compl(?:y|iant)|non-?compliant|rfc ?-?\d* ?(?:compliant|compliance|violation)|(?<!\/)\brfc-?(?:821|822|2821|2822|5321|5322)\b(?!;)|compliance/,
    /error code \d+ *: *reject|due to (?:content|restrictions?|security|abuse|geographic)|country|geo-?(?:block|ip)|listserv/,
  )],
];
