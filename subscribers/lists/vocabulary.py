"""The words by which lists say who may be mailed, in the languages we know. Data only.

The parts of words are written without accents, blanks and hyphens: `optout` stands for `Opt-Out`,
`opt out` and what is within `hasOptedOut`. One of fewer than six letters stands at the beginning
of a word, one of fewer than five for a whole word. A part that is too wide costs a question; one
that is missing costs somebody a mail that she does not want.

Sources: the exports of the programs that `columns` names, and those of Brevo, HubSpot, Klaviyo,
Shopify, Salesforce, CiviCRM, phpList, Mailjet, MailPoet, CleverReach and others, as their
documentation shows them.
"""

# --- Names of columns: what is certain -----------------------------------------------------------

# Whoever has something in such a column left.
UNSUBSCRIBED = """
    unsub isunsub hasunsub optout optedout optingout isoptout donotmail donotemail donotcontact
    donotsend donotmarket dontmail dontemail dontcontact dontsend blacklist blocklist suppressed
    stoptime stopdate
    abgemeldet abmeld ausgetragen austrag abbestell
    desabonn desinscri desinscr nepascontacter nepasenvoyer
    dadodebaja dadadebaja fechadebaja fechabaja desuscri nocontactar noenviar
    disiscri noncontattare noninviare descadastr naocontatar naocontactar naoenviar
    uitgeschreven uitschrij afgemeld nietmailen wypisan wypisz
    avregistr avprenumer avanmal afmeldt frameldt avmeldt odhlas
    отписа отпис
    配信停止 購読解除 購読停止 退会 配信不要
    fechabajas bajas leiratkoz peruutettutilaus aboneliktencik dezabon 退订 退訂 取消订阅 取消訂閱
    수신거부 구독취소
"""
BOUNCED = """
    bounced hardbounce isbounced bouncedat bouncedate bouncetime bouncereason bouncedreason cleaned
    cleantime cleandate cleancampaign undeliver
    unzustellbar rimbalzat rebotad gebounced onbestelbaar studsad недоставлен
"""
COMPLAINED = """
    complained complaint spamcomplain spamreport reportedspam reportedasspam markedspam
    markedasspam markedemailasspam isspamcomplain abusecomplaint abusereport
"""
# Whoever has a yes or a date in such a column may be mailed, and nobody else.
AGREED = """
    subscribed subscribe issubscribed optin isoptin optedin doubleoptin consent acceptsmarketing
    acceptsemail acceptmarketing
    einwillig angemeldet abonniert consentement consentim consenso toestemming zgoda samtyck samtyk
    souhlas соглас подписан 同意 購読 オプトイン
"""
# The same, where the column is called so and nothing else.
AGREED_WHOLE = """
    active isactive emailactive enabled isenabled confirmed isconfirmed emailconfirmed
    aktiv istaktiv actif activo attivo ativo actief aktywny aktywna aktivni активен активный
"""

# --- Names of columns: what has to be asked about, unless it speaks against nobody ---------------

DOUBTFUL_LEFT = """
    optsout optoff stopstatus nomail noemail nocontact nomarketing nonewsletter neveremail nevermail
    nevercontact exclu withdr revok declin inactive disabl deactivat delet remov cancel archived
    denylist block suppress quarantin notsubscribed notinterested nolonger leftat leftthe dateleft
    lefton doesnotwant dnc dnm dne bulkemail holddate onhold hold deceased
    bounc clean nondeliver notdeliver deliveryfail mailfailed invalid hardfail nosuchuser
    mailboxfull
    unconfirm unverif nonconfirm unbestatigt onbevestigd niepotwierdz неподпис неподтвер
    complain spam spamm abuse fbl junk feedbackloop bad dead dormant lapsed churn lost goodbye exit
    ended
    enddate endsat endtime expire stopped terminat beendet abgelauf scadut finaliz
    gekundigt widerruf inaktiv deaktiv gelosch gesperrt sperr nichtanschreiben nichtmailen
    nichtkontakt nichtsenden keinemail keinnewsletter keinewerbung ausgeschlossen werbesperre
    widerspr zuruckgekommen rucklauf ungultig verstorben beschwerde
    pasdemail inactif supprim bloque listenoire retire refus opposition repoussoir rebond
    nondistribu invalide npai decede plainte indesirabl
    baja cancelad inactiv bloquead listanegra eliminad revocad borrad rechaz rebote devuelt
    fallecid queja reclam denuncia
    cancellat disattiv inattiv bloccat escluso esclusa listanera rimoss revocat rifiut rimbalz
    nonvalid deceduto lamentel segnalat
    inativ removid revogad recus devolvid
    opgezegd inactief geblokkeerd verwijderd nietcontacteren zwartelijst uitgesloten geweigerd
    ongeldig overleden klacht
    rezygn nieaktyw zablokow usuniet czarnalista niewysyl niekontakt odwolan wycofan odmow odbit
    odrzucon nieprawidlow niedostarcz skarg
    avslut sparrad svartlista borttagen skickainte kontaktainte utskriv avboj aterkall studsa
    ogiltig avliden klagomal
    blokeret slettet sortliste sendikke kontaktikke tilbagekald afvist ugyldig ikkelever klage
    avmeld blokkert fjernet svarteliste ikkekontakt trukket avslatt
    neaktiv blokovan smazan cernalistina neposilat nekontaktovat odvolan odmitnut nedoruc neplatn
    stiznost
    неактив заблокир удален черныйсписок неписать неотправлять отказ отозван неконтакт отклон
    исключен недостав недействит возврат жалоб спам відпис видален відмов
    解約 停止 送信不可 拒否 ブロック 無効 削除 ブラックリスト 解除 除外 オプトアウト 不達 エラー
    バウンス
    苦情 迷惑 スパム
    peruut poistet estett eitilaa letilt torol iptal engel silin blocat sters panasz
    黑名单 黑名單 屏蔽 退信 投诉 차단 해지 반송 스팸
"""
DOUBTFUL_AGREED = """
    optsin optingin optstatus permission permit accept agree gdpr dsgvo rgpd lgpd ccpa casl
    legalbasis lawfulbasis legitimate activ enabl confirm verif validat valid allow maymail mayemail
    maycontact canemail canmail cancontact emailable mailable contactable contactok emailok mailok
    okayto okto wants receives receive getsmail sendnewsletter sendemail sendmail signmeup
    privacypolic reachable doi soi registered
    einverst zustimm zugestimmt abonn erlaub werbung datenschutz anschreiben rechtsgrundlage mochte
    freigabe freigegeben eingetragen aktiv
    inscri accord autoris accepte souhaite valide actif
    activo attivo ativo actief
    suscri permiso acept autoriz habilitad deseo
    iscri consens accett confermat abilitat
    cadastr aceit permiss assinant
    ingeschreven inschrij akkoord bevestigd aangemeld
    zgody zgod subskry aktyw zapisan potwierdz prenum
    bekraft anmald godkan tilmeld abonner godkend paameldt pameldt bekreft godkjent
    odber odebir potvrz prihlas povolen
    подпис актив подтвер разреш згод
    有効 承認 許可 承諾 希望 登録
    suostu tilaus hozzajarul feliratk onay izin acord συγκατ εγγραφ
    订阅 訂閱 동의 구독 수신
"""
# What people call a column that has words for all of that.
STATUS = """
    status statut etat estado situac situat zustand stav статус состоян ステータス 状態 状況
    stato tila allapot durum κατασταση 状态 狀態 상태 tilstand standing
"""
# Words that may mean it: what stands in the cells decides.
MAYBE_STATUS = """
    state type typ tipo stage group gruppe groupe grupo gruppo category kategorie categorie
    categoria kategori segment list liste lista audience member medlem mitglied
"""
MAYBE_AGREED = """
    newsletter nieuwsbrief infolettre boletin bulletin nyhetsbrev nyhedsbrev zpravodaj marketing
    mailing promo subscription digest updates mails email mail notifications abo abonament
    рассылк розсилк メルマガ 配信 お知らせ hirlevel uutiskirje bulten
"""

# --- Names of columns: what is about something else ----------------------------------------------

# Words that only look like a consent.
HARMLESS = """
    subscriber abonnent suscriptor lastactiv activit actividad aktivitat aktivitet attivita
    atividad aktywnosc lastseen maritalstatus civilstatus familienstand etatcivil estadocivil
    statocivile
"""
# A status of such a thing is not one of a reader.
OTHER_THINGS = """
    account order payment financial fulfillment shipping lead deal ticket invoice refund stock
"""
# Yes and no, or a 1, in such a column are about something else.
ELSEWHERE = """
    customer client buyer kunde vip premium paid paying payment donor donat tax exempt gift comp
    comped complimentary admin staff employee volunteer student teacher author default gender sex
    male female adult age birth married business shipping billing order orders purchase product
    refund invoice coupon loyalty points attended attending speaker sponsor avatar photo website
    twitter facebook instagram linkedin country land pays pais paese region cc language locale
    sprache langue idioma lingua taal lang jezyk språk sprak язык 言語 国 id zip plz city town year
    cookie cookies amount price level floor rating opens opened clicks clicked sent visits spent
    quantity gmtoff
    dstoff latitude longitude timezone leid note notes notiz notizen remark remarks description
    bemerkung bemerkungen remarque remarques nota notas opmerking uwagi anteckning poznamka
"""
NEGATION = """
    not no non never without dont doesnt isnt hasnt kein keine keinen nicht ohne pas sans aucun ne
    sin nunca niente senza nao sem niet geen zonder nie bez inte ej utan ikke uden uten neni не нет
    без pending ausstehend attente pendiente pendente until till bis jusqu jusqua hasta fino tot
    previously formerly former ehemals ancien
"""
# Of other channels than mail.
CHANNELS = """
    sms phone mobile whatsapp push postal fax call calls telephone telefon telefono tel viber mms
    voice messenger handy телефон смс 電話
"""
MAIL = "mail email emails mails courriel correo epost eposta newsletter почт рассылк メール"
# Of these everybody has one.
EVERYBODYS = "url link token uuid guid hash key code html href"
# Whoever has one of these has the thing itself.
WHY = """
    reason grund motif motivo reden powod orsak arsag arsak duvod причин 理由 campaign kampagne
    campagne campana comment kommentar commentaire feedback title detail note remark description
    other text message source id ip form page method country by
"""
HOW_MANY = """
    count counts number num total rate score soft percent ratio times anzahl nombre numero aantal
    liczba antal antall pocet количество 回数 bounces complaints
"""
WHEN = """
    date time at on timestamp datetime since datum fecha data dato seit depuis desde dal sinds od
    sedan siden дата когда 日 日時 when am le ts updated changed modified
"""

# --- Cells ---------------------------------------------------------------------------------------

YES = """
    yes y true t 1 x on ok checked ja j wahr oui o vrai si s verdadero vero sim verdadeiro waar tak
    prawda sant sand sann ano pravda да истина так はい 真 有 ✓ ✔ ☑ √ kylla tosi igen igaz evet
    dogru
    da ναι 是 예 네 ○ ◯
"""
NO = """
    no n false f 0 off unchecked nein falsch non faux falso nao nee onwaar nie falsz nej falskt
    falsk nei ne nepravda нет ложь ні いいえ 偽 無 ✗ ✘ ☐ ei epatosi nem hamis hayir yanlis nu οχι 否
    아니오 ×
"""
# Written where nothing stands.
EMPTY = r"""
    - -- --- – — na null none nil nan undefined unset notset leer vide vacio vuoto vazio leeg brak
    prazdne пусто never jamais nunca nooit aldrig aldri nikdy nigdy никогда なし 未設定 [] {} () .
    ''
"""

# Whole cells that mean the same wherever they stand.
MEANS_ACTIVE = """
    subscribed optin optedin emailoptin doubleoptin singleoptin confirmedoptin subscribe
    abonniert angemeldet abonne abonnee inscrit inscrite suscrito suscrita iscritto iscritta
    inscrito inscrita ingeschreven aangemeld geabonneerd zapisany zapisana subskrybuje prenumererar
    anmald tilmeldt pameldt prihlasen prihlasena odebira подписан подписана
    購読中 登録中 配信中 オプトイン 已订阅
"""
MEANS_PENDING = """
    pending unconfirmed unactivated notconfirmed awaitingconfirmation waitingforconfirmation
    confirmationpending optinpending pendingoptin unverified
    unbestatigt ausstehend nonconfirme enattente pendiente sinconfirmar inattesa nonconfermato
    pendente naoconfirmado onbevestigd niepotwierdzony obekraftad ubekraeftet ubekreftet nepotvrzen
    неподтвержден неподтвержденный ожидает 未確認 仮登録
"""
MEANS_UNSUBSCRIBED = """
    unsubscribed unsubscribe unsub unsubbed unsubscribedfromall userunsubscribed
    globallyunsubscribed optout optedout optedoutall emailoptout nonsubscribed nonsubscriber
    notsubscribed neversubscribed nopermissionsset nopermission nopermissions noconsent notgranted
    nonmarketingcontact donotmail donotemail donotcontact donotsend donotallow dontmail dontemail
    dontcontact nomail noemail suppressed
    abgemeldet ausgetragen abbestellt nichtabonniert keinemail
    desabonne desabonnee desinscrit desinscrite nonabonne nepascontacter
    dadodebaja dadadebaja debaja baja desuscrito desuscrita nosuscrito
    disiscritto disiscritta noniscritto descadastrado descadastrada desinscrito naoinscrito
    uitgeschreven afgemeld nietingeschreven wypisany wypisana wypisano niezapisany
    avregistrerad avprenumererad avanmald frameldt afmeldt avmeldt
    odhlasen odhlasena odhlaseno отписан отписана отписался отписалась отписавшийся неподписан
    配信停止 購読解除 購読停止 退会 退会済 解約 解約済 配信不要 送信不可 配信拒否 受信拒否 未購読
    オプトアウト 退订 已退订 取消订阅 수신거부 구독취소
"""
MEANS_BOUNCED = """
    bounced bounce cleaned undeliverable undelivered hardbounced hardbounce invalid invalidemail
    emailbounced mailboxnotfound
    unzustellbar ungultig npai rebotado rimbalzato devolvido onbestelbaar gebounced ongeldig odbity
    studsade studsad ogiltig ugyldig nedorucitelne nedorucen neplatny недоставлено недействителен
    不達 無効アドレス バウンス
"""
MEANS_COMPLAINED = """
    complained complaint complainer spam spammy spamcomplaint spamreport reportedspam
    reportedasspam markedasspam markedspam spamreported blocked blocklisted blocklist blacklisted
    blacklist abuse abused abusecomplaint
    gesperrt beschwerde bloque plainte bloqueado bloccato geblokkeerd klacht zablokowany skarga
    sparrad blokeret blokkert stiznost blokovan заблокирован жалоба спам 苦情 ブロック 迷惑メール
"""
# Whole cells that say so where the column is about a status or a consent, and elsewhere perhaps.
STATUS_ACTIVE = """
    active enabled confirmed express explicit verified granted given accepted agreed allowed allow
    marketingcontact consented
    aktiv bestatigt erteilt zugestimmt actif confirme accepte accorde activo activa confirmado
    aceptado attivo attiva confermato accettato ativo ativa aceito actief bevestigd akkoord aktywny
    aktywna potwierdzony bekraftad godkand bekraeftet godkendt bekreftet aktivni potvrzen
    активен активный активна подтвержден согласен 有効 承認済 同意済 同意する 許可
"""
# What somebody pays, in programs that have one word for that and for the status.
STATUS_PAYING = "regular premium gifted trialed churned free paid comp"
# `inactive` is among these: it is what beehiiv calls who unsubscribed, and MailPoet, Mailjet and
# iContact whom they mail no more. Nobody calls so who has yet to confirm.
STATUS_UNSUBSCRIBED = """
    cancelled canceled disabled deactivated removed paused archived deleted inactive denied declined
    refused withdrawn revoked rejected disagreed disallowed notagreed notaccepted junk excluded
    notallowed
    inaktiv deaktiviert geloscht gekundigt widerrufen abgelehnt verweigert inactif supprime refuse
    retire inactivo inactiva eliminado cancelado rechazado inattivo inattiva cancellato rifiutato
    revocato inativo inativa recusado removido inactief verwijderd geweigerd opgezegd nieaktywny
    nieaktywna usuniety borttagen avbojd slettet afvist fjernet neaktivni smazan odmitnuto
    неактивен неактивный неактивна удален отказ отозвано 無効 停止 削除 削除済 拒否 未同意
    同意しない
"""
# Found within a longer text, such as a note or a tag: somebody says that she left.
WITHIN_A_TEXT = """
    unsub optout optedout optingout bounce blacklist blocklist blocked suppress undeliver
    inactive inaktiv inactif inactiv nieaktyw неактив
    donotmail donotemail donotcontact donotsend dontmail dontemail dontcontact dontsend nomoremail
    nomoreemail nomorenewsletter stopmailing stopemailing nolongersubscribed spamcomplaint
    markedasspam reportedasspam reportedspam wantsout askedtoberemoved removeme takenoff
    removefromlist removedfromlist noconsent withdrewconsent consentwithdrawn
    leftthelist notsubscribed nonsubscribe doesnotwant doesn'twant invalidemail hardfail
    abgemeldet abmeldung ausgetragen abbestellt keinemail nichtanschreiben nichtmailen
    keinnewsletter keinenewsletter unzustellbar gekundigt widerrufen werbesperre
    desabonn desinscri nepascontacter nepasenvoyer plusdemail pasdenewsletter
    dadodebaja dadadebaja desuscri nocontactar noenviar listanegra
    disiscri noncontattare noninviare listanera
    descadastr naocontatar naocontactar naoenviar
    uitgeschreven afgemeld nietmailen nietcontacteren geenmail geennieuwsbrief onbestelbaar
    wypisan niewysyl niekontakt czarnalista
    avregistr avprenumer avanmal skickainte kontaktainte
    afmeldt frameldt sendikke kontaktikke avmeldt odhlas neposilat nekontaktovat nedorucit
    отписа отписк неписать неотправлять неприсылать недостав черныйсписок
    配信停止 購読解除 購読停止 退会 解約 配信不要 送信不可 配信拒否 受信拒否 送らないで 不達
    退订 取消订阅 黑名单 수신거부 구독취소
"""
