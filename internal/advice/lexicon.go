package advice

import (
	"slices"
	"strings"
	"sync"
)

// lexicon is what the rules know of instructions: for each operator, patterns by weight, folded (see fold), one line each. A clause counts the
// best match and a little for each further one. "tr:" before a pattern: the word means something else in English, so it counts only in Turkish text.
//
// Weights: 6 names the operator beyond doubt, 4 is its ordinary verb, 2 leans towards it, negative leans away.
const lexicon = `
count
7  qui|quel|quelle|quels|quelles .. le plus|moins ; que|quien|cual|cuales .. mas|menos$ ; что|кто|какой|какая|какие|какое .. больше|меньше|чаще|реже всего|всех ; salaire|prix|age|cout|montant|duree|salario|precio|edad|coste moyen*|medio|media|mediano|mediana|median*
7  additionne|additionnez .. tous|toutes|les ; addier* alle|die ; ^suma|sume todas|todos|las|los ; сложи|сложите|просуммируй ; toplami|toplamini|ortalamasi|medyani ne|nedir|kac|bul~|ver~|hesapla~|soyle~
6  ^sum the|all|up|these|every ; gruppier* .. nach ; la|le|les plus|moins eleve*|cher*|grand*|important*|bas|basse|petit*|long*|court* ; כמה ; סכום ; ממוצע ; ile jest|razy|osob ; suma ; srednia ; hur manga ; hoeveel ; gemiddelde ; bao nhieu ; berapa ; چند ; πόσ*
8  en cok|sik .. gec* ; bazinda .. adet|ciro|sayi*|tutar*|toplam*|dagilim*|ortalama* ; 3|5|10|20|three|five|ten largest|biggest|highest|smallest|lowest|longest|shortest ; group .. by .. count*
3  сумм* ; средн* ; عدد ; hochst* ; niedrigst*
6  revenue|sales|turnover|spending|expenses|costs|income|orders by region|country|month|year|quarter|category|product|customer|branch|team ; toplam ciro|tutar|gelir|gider|satis|maliyet|harcama ne|kac ; am meisten|haufigsten|wenigsten ; montant|importe|importo total|totale ; gasto|costo|precio|valor medio ; مجموع* ; إجمالي* ; الإجمالي ; كم
8  en cok hangi|kim|ne ; tutarlarini|tutarlari|fiyatlarini|rakamlari|sayilari|miktarlari topla~ ; tek bir rakam ; yuzdeleri* ; diye ayir~ .. yuzde*|kac*|say*
7  break|breaks|broken .. down by ; breakdown by|of|per ; number in|for each ; share in percent ; in percent ; per cent ; overtime ; how many .. each ; what proportion ; how .. distributed ; which .. sold|sells|earned|scored|appears|costs .. most|best|least ; win rate ; tot up ; tally* ; count* up ; headcount ; how old .. average
7  her|herkesin|hepsinin .. hesapla~ ; aylik|haftalik|gunluk|yillik|toplam .. hesapla~|topla~|cikar~ ; kacar tane|adet ; kac tanesi|kisi|kez|sefer ; kacinin|kacini|kacinda ; kactane ; ne kadar .. harcan*|harcadi*|odendi*|odedi*|satil*|sattik|gitti|etti|ediyor|tuttu ; adetleri*|sayilari*|toplamlari* ; yuzde olarak ; yuzdelik dilim* ; kim .. en cok|az|fazla sat*|gel*|al*|kazan*|gir* ; kac .. olmus|var|yapil*|gel*|gec*|kullanil*
-6 en fazla|cok|az .. kelimeyle|kelimelik|kelimede|kelime$ ; en fazla|cok|az .. cumle|cumleyle|cumlelik|satir|satirlik|sayfa|sayfalik|maddeyle|paragraf|paragraflik|karakter$ ; en cok .. rahatsiz*|etkile*|korku*|zorla*|begen*|sev* ; how many .. should|do i need
8  which|what month|day|year|week|quarter|product|customer|branch|team|city|country|region|station|department .. highest|lowest|most|least|largest|smallest|best|worst ; hangi ay|gun|yil|hafta|urun|musteri|sube|sehir|bolge|takim .. en cok|az|yuksek|dusuk|fazla|buyuk|kucuk
6  avg ; mean ; ^total ; total the|all|up ; ort$
6  hw many|often ; how mny|manny|meny ; nr|num of ; total .. per|by ; share|proportion|fraction of ; what share|proportion|fraction ; work|working|worked out .. spent|spend|paid|pay|cost*|total|sum|earned ; what .. spent|spend|pay|paid|cost .. total|altogether|overall ; add|adding all|every|together .. amount*|number*|value*|price*|figure*|sums|invoice*|total* ; kac para|lira|euro|dolar ; topu topu ; basina toplam
8  who .. the most|fewest|least ; top 3|5|10|20|three|five|ten ; which .. products|items|customers|people|days|months|pages|words .. most|least|best|worst|often
4  per week|month|year|day|quarter|employee|person|customer|category|department|region|country|user|hour
6  how many|often ; number of ; ^count ; count how|all|every|each|the ; tally ; how much .. total|altogether|overall ; running count
6  most|least frequent*|common|often|commonly ; frequenc* ; histogram ; percentage of ; what percent* ; sum of ; add up ; average|median|mean of|value|number|price|age|salary|score|time|duration|length|cost|amount|order|response|temperature
5  average|median ; total number|amount|cost|sum|revenue|count|value|sales|price|spend* ; what .. total ; what is the total ; grand total ; how much .. spend*|spent|paid|cost|earn*
5  highest|lowest|largest|smallest|maximum|minimum|biggest|cheapest|longest|shortest ; sort ; ^sort ; rank .. by ; ^order .. by ; arrange .. by|in
5  calculate|compute .. total|sum|average|mean|median|percentage|ratio|number ; count per|by ; broken down by ; for each .. how many ; distribution of|by ; word count
-4 sum up ; count on ; number of ways
6  kac tane|adet|kez|kere|defa|kisi|farkli|satir|gun|kayit|hata|urun|musteri ; kac ; sayisi ; sayisini ; sayilarini ; sayisina ; tr:say~ ; kacar ; kactir ; kaci
5  toplam ; toplami* ; toplamini ; toplamda ; ortalama* ; medyan* ; en cok|sik|az|fazla ; yuzde kac ; yuzdesi* ; yuzdelik* ; siklig* ; siklik* ; frekans* ; en yuksek|dusuk|buyuk|kucuk|pahali|ucuz|uzun|kisa ; adedi* ; ne kadar harca*|ode*|tut*|kazan*
4  sirala~ ; gore sirala~ ; buyukten kucuge ; kucukten buyuge ; alfabetik* ; hesapla~ ; topla~$ ; dagilimi* ; oranini ; orani
-5 kac yilinda|yasinda|sayfada|maddede ; saat kac* ; kacinci ; kacta
6  wie viele ; wie oft ; anzahl ; zahle ; durchschnitt* ; gesamt* ; summe ; haufigst* ; combien ; nombre de|d ; moyenne ; compte* les|le|toutes|tous ; cuantos|cuantas ; cuanto .. total ; promedio ; numero de ; cuenta
6  сколько

5  sortier* ; ordne|ordnet .. nach ; trie|triez|trier .. par|les|la|ces ; ordena|ordene|ordenar|ordina .. por|per|los|las|os|as|le|gli ; отсортир* ; упорядоч* ; sorteer* ; sortera ; posortuj*

find
3  מי ; מתי ; איפה ; kto ; kiedy ; gdzie ; vem ; wanneer ; siapa
8  who attended|joined .. when|first|last ; kac .. belirlen*|belirtil*|kararlastiril*
5  wie hoch|alt|lang|gross ist|war|sind
3  кто ; когда ; где ; ^من ; متى ; أين
8  kac yaziyor|yazilmis|yazar|belirtilmis|denmis ; only|just want|need to know which|what|when|where|who ; bir yerinde ; bakar misin* ; numarasi|tarihi|adresi|saati|adi vardi ; ilk|son .. cumleyi|cumlesini|satiri|satirini ; saati|saatini|gunu|gununu|tarihi|numarayi soyle*
7  dig .. up ; remind me ; wi fi|wifi password ; esas|karar no|nosu ; tek kelime* cevap*
6  somewhere in ; could you find ; can you spot ; help me find ; bulabilir misin* ; bulur musun* ; nerede|nerde yaz*|gec* ; hangi satirda|sayfada|maddede|bolumde ; gozumden kac* ; neydi$
5  ^name|email|phone|address|date|price|deadline|author|owner|title of ; epostasi|maili|telefonu|adresi|ibani|sifresi|nosu|plakasi$ ; sadece|yalnizca numara|tarih|isim|ad|tutar ; just the number|date|name|figure|answer
7  serial|phone|account|part|model|invoice|order|policy|room|flight|plate no|nr|num|nummer ; seri|telefon|hesap|fatura|siparis|dava|sicil|oda|plaka no|nosu|nosunu
5  wheres ; whos ; whens
7  phone|account|serial|version|order|policy|license|model|invoice|case|page|ticket|flight|room|tax|registration|contract|bank|iban|fax|reference|tracking number ; telefon|hesap|seri|fatura|siparis|dava|dosya|sicil|oda|vergi numarasi*|numara|no
5  when was|is|did|does|were|will ; ^when ; who is|was|did|signed|wrote|has|approved|sent|owns ; ^who ; ^where ; where is|are|does|was|did ; whose ; whom
5  which section|page|line|chapter|file|paragraph|clause|date|year|day|person|version|commit|function|article ; what time|year|date|day|page|line|section|version|port|color|colour
5  ^find .. where|when|the|out|who ; ^locate ; look up ; ^search ; first|last occurrence|mention|mentioned|time|appearance|appears|instance|error ; exact wording|quote|sentence|text ; verbatim quote
4  what is|was|s the .. name|date|number|address|phone|email|version|port|password|id|deadline|title|price|value|url|code|key|limit|timeout|rate|fee|capital|password|budget|penalty|salary|ip|hash ; what .. called|named
4  does|did|is|has .. mention*|contain*|say|specify|state ; is there a|any|an ; mention* anywhere ; at what ; in which ; on which|what ; by whom ; what does .. say about
3  ^what is|was|s the ; ^which
5  ne zaman ; tr:kim ; kimdir ; kimin ; kime ; nerede ; nereye ; neresinde ; nerelerde ; hangi sayfa*|bolum*|satir*|tarih*|madde*|yil*|dosya*|gun*|kisi*|sehir*|surum*|fonksiyon*|paragraf*|ay|ayda ; kac yilinda ; saat kac* ; kacinci ; kac yasinda
5  bul~ ; ilk|son kez|defa|gectigi|gecen|olarak ; geciyor mu ; geciyor ; bahsed*|bahsediliyor mu ; var mi ; yer aliyor mu ; var midir ; adi ne ; adi nedir ; soyleniyor mu ; belirtil* mi|mis ; numarasi|tarihi|adresi|adi|ucreti|fiyati|suresi|bedeli|sifresi|portu|surumu|degeri|unvani ne|nedir|neydi|kac* ; numarasini|tarihini|adresini|adini|sifresini ver~|yaz~|soyle~|bul~
3  nedir$ ; neydi ; hangisi ; hangi
5  wann ; wer ; wo steht|ist|wird ; welche* seite|datum|abschnitt|zeile ; finde ; suche ; quand ; qui a|est ; ou est|se ; trouve* ; quelle est|page|date ; cuando ; quien ; donde ; encuentra ; busca

answer
9  compare|comparison|contrast .. table|columns|spreadsheet|tabular ; karsilastir~ .. tablo* ; tablo* .. karsilastir~ ; vergleich* .. tabelle ; compar* .. tableau|tabla|tabela|tabella ; сравн* .. таблиц*
7  which|what .. changed|differ|differs|differed|conflict|conflicts|disagree|contradict ; which|what .. missing from|in ; which|what .. not .. covered|mentioned|in|by|from ; hangi .. degisti|degismis|farkli|celis* ; hangi .. eksik$ ; welche .. geandert|unterscheiden|fehlen|widersprechen ; quels|quelles .. change|changes|changees|different|manquent|contredisent ; que|cuales .. cambi*|difier*|faltan ; какие .. изменил*|отлича*|отсутств* ; is|are there any|a|some contradiction*|conflict*|inconsisten*|difference*|discrepan*
-7 ^was ist|war|sind
5  ^почему ; لماذا ; كيف
8  ^warum|wieso|pourquoi|почему|neden|niye
7  neye dayan* ; gerekceleri nel* ; hangi sartlari|belgeleri|adimlari|kosullari ; nasil .. anlat* ; istesem|istersem ; what .. entitled to
7  conflict|contradiction between ; root cause ; is|are .. thread safe ; sql injection ; set .. off ; which of|one .. better|best|suits|fits|safer|cheaper ; what would happen ; what happens if ; what .. mean* for ; stop|prevent|keep|allow me from ; draft|write a|me|an reply|response|answer ; is it worth ; am i|are we .. entitled|allowed|liable|covered|obliged|bound ; what should|can|could i|we ; guvenlik acig*|acigi* ; nasil kapat*|coz*|ilerle*|calis*|gecer ; basima|basimiza ne* ; neler gel* ; daha uygun|iyi|mantikli|karli|avantajli|guvenli|uyuyor ; ne yapmali*|yapmam|yapabilir*|yapayim ; ne demek|isti* ; hakli mi ; sayilir mi ; gerekir|gerekiyor mu
6  how do|does|is|are|did .. work|travel|flow|get|reach|fit|connect|relate ; ^did|was|were|has|have|will|should|would ; whether ; legal|lawful|enforceable|compliant|binding|fair|valid|risky|dangerous|safe|plausible ; agree|agreed to ; sence ; sizce ; neler yanlis ; ne kadar guvenilir|dogru|tutarli ; neresi .. yanlis|zayif|eksik|hatali ; memnun ; supheli|suphe* ; neye dikkat ; yorum* yap~ ; goruslerin* ; cevap|yanit yaz~|hazirla~ ; bize ne ; ne cikar~
5  mi|mu|midir|mudur|miyim|miyiz|muyuz|muyum$ ; ne olur ; ne olacak ; hangi sorun*|risk*|neden*|gerekce* ; nelere ; neyi ; bu .. dogru
-7 mumkun mu ; olur mu
7  how convincing|strong|sound|serious|reliable|credible|plausible ; which arguments|reasons|factors|causes|risks|measures .. how
7  arasindaki fark* ; birbir* celis* ; celisiyor mu ; degisti|degismis mi ; korku*|endise*|dikkat*|tehlike*|rahatsiz* .. var mi ; sade|basitce|basit anlat~ ; sikinti* .. var mi
6  anything .. worr*|afraid|careful|wary ; disagree*|contradict* .. anywhere ; did .. change over
4  why ; ^why ; ^explain ; explain|describe|discuss .. how|why|what|the ; how does|do|did|can|should|would|is|are|was ; ^how ; ^analy* ; analy* the|this|these|my|our|all ; ^review ; review the|this|my|our ; ^evaluate ; evaluate ; ^assess ; assess ; critique ; critici*
4  ^compare ; compare ; difference* between ; what do you think ; your opinion|thoughts|feedback|advice ; suggest* ; recommend* ; pros and cons ; implications ; consequences ; root cause ; strengths|weaknesses ; advantages ; reason* for|behind
4  what are the .. risks|problems|issues|reasons|causes|weaknesses|implications|consequences|effects|themes|arguments|challenges|differences|assumptions|trade* ; security issues|review|vulnerabilit* ; is it|this|the .. consistent|correct|safe|good|valid ; should i|we ; what happens ; what caused ; ^answer ; answer the|these|my|following ; ^discuss ; ^describe ; ^interpret ; ^diagnose ; ^investigate ; what went wrong ; according to ; relationship between ; what can we learn ; ^check ; check whether|if|that ; verify ; contradict* ; based on .. what|would|is ; ^does ; ^do ; ^is ; ^are
3  feedback ; opinion ; architecture ; ^what
4  neden ; nicin ; niye ; nasil ; acikla~ ; anlat~ ; karsilastir~ ; analiz ; analizi* ; incele~ ; degerlendir~ ; degerlendirme* ; yorumla~ ; yorumun* ; elestir~ ; tartis~ ; oner~ ; oneri* ; onerir* ; riskler* ; ne dusun* ; fikrin* ; yanitla~ ; cevapla~ ; cevap ver~ ; irdele~ ; tutarli mi ; dogru mu ; guvenli mi ; uygun mu ; guvenlik aciklar* ; sorun* neler|nedir ; farki* ; farklar* ; avantaj* ; zayif ; guclu ; sebeb* ; sebep* ; nedenleri* ; sonuclari* ; etkileri* ; celiski* ; celis* ; kontrol et ; gozden gecir~ ; ne anlama ; hakkinda ne ; ne soyluyor ; ne diyor ; iliski*
4  warum ; wieso ; erklare* ; analysier* ; vergleich* ; bewert* ; beurteil* ; pourquoi ; expliqu* ; analys* ; compar* ; por que ; explica ; analiza ; compara ; evalua ; как ; почему ; объясни*

summarize
7  перескаж* ; ^minutes please|of ; ^outline the|this|it ; glieder* den|das|die ; erstell*|schreib*|verfasse .. protokoll ; compte rendu
7  סכם|תסכם|לסכם|סכמי|סיכום|תקציר ; podsumuj* ; streszcz* ; stresc ; sammanfatt* ; sammenfatt* ; oppsummer* ; vat .. samen ; samenvat* ; ringkas* ; rangkum* ; tom tat ; خلاصه* ; چکیده ; περίληψη* ; συνόψισ* ; rezum* ; shrn* ; підсумуй*
7  ^summar* ; ozetle~$ ; worum geht ; لخص* ; ملخص*
7  what .. about$ ; hafta hafta|bolum bolum|konu konu|gun gun .. cikar~|ozetle~|yaz~ ; en onemli yer* ; paragrafa|cumleye|sayfaya indirge* ; explain like
-7 answer|reply|respond .. in one|two|a|three|few ; answer|reply .. words|word ; tek|bir|iki kelimeyle|cumleyle|cumlede cevap*|yanit*
8  cliff notes|note ; cliffnotes ; catch|bring|get me|us up ; up to speed ; abstract|summary|brief|overview|outline of ; word|words abstract|summary|overview|brief|version|blurb|precis ; cumleye|cumlede|paragrafa|sayfaya|satira|maddeye|kelimeye indir~|sigdir~|dusur~|topla~ ; kelimelik .. ozet*|oz|tanit*|metin|not ; sigdir~ ; bilgi notu
7  in short ; in brief ; one pager ; one page ; big picture ; main story ; in one|two|three|four|five|six|ten|a|couple .. paragraph*|sentence*|line*|bullet* ; one|two|three|2|3|4|5 sentences|paragraphs|lines|bullets .. each|on|about|per ; sentences|paragraph on|about|per ; what this|the|that paper|article|report|study|chapter|document|thread|email found|says|argues|covers|concludes ; en onemli sonuc*|nokta*|bulgu*|kisim*|sey*|mesaj* ; iki|uc|dort|bes|birkac|2|3|4|5|10 cumle*|paragraf*|satir*|maddeyle|maddede|maddelik ; kelimeyle|kelimede|kelimeyi .. anlat~|ozetle~|aktar~|yaz~|gec* ; oz|oze lazim|istiyorum|cikar~|yaz~ ; ozet .. cikar~|hazirla~|yap~|ver~|lazim|istiyorum
6  haven t|didn t|no time|can t .. read ; too long .. read ; in|under|within|max|maximum|most|than .. 30|40|50|60|80|100|120|150|200|250|300|350|400|500 words ; neler olmus|konusulmus|gorusulmus|kararlastirilmis|anlatiliyor ; ne olmus|bitmis ; olup bit* ; okumaya usen* ; vaktim|vakit|zamanim yok ; konuyu|olayi|durumu|meseleyi .. aktar~|anlat~ ; kisa kisa ; kisaca ; ana mesaj* ; brief* me|us ; what did i miss ; neler kacirdim
6  what .. need|have|ought to know ; essential* ; essentials ; long and short of it ; short version ; distil* ; distill* ; in a few|couple sentences|words ; kisaca ne|neyi|nedir|su ; ne anlat* kisaca ; isin ozu* ; ozet gec*
6  summar* ; tldr ; ^recap ; recap ; synopsis ; executive summary ; sum up ; sum .. up ; gist ; in a nutshell ; boil .. down ; condense ; ^digest ; meeting minutes ; minutes of
5  key|main points|takeaways|ideas|findings|insights|messages ; takeaways ; highlights ; overview ; abstract ; main idea|message|point ; most important points|parts|things|information ; short version ; brief on|me|summary|overview|description ; ^shorten ; shorten ; what .. about$ ; what .. is about ; in .. sentences|bullets|bullet ; bullet points ; in one paragraph|sentence
6  ozet* ; tldr ; ana fikir* ; ana fikri* ; ana hat* ; ana nokta* ; ana basl* ; onemli nokta* ; kilit nokta* ; onemli kisim* ; kisaca anlat~|acikla~|ozetle~|yaz~|bahset ; kisalt~ ; toparla~ ; ne hakkinda ; neyden bahsed* ; neden bahsed* ; neyi anlat* ; one cikan* ; birkac cumle* ; tek paragraf* ; tek cumle* ; ozu ; ozunu ; genel bakis
6  zusammenfass* ; fasse|fass .. zusammen ; uberblick ; kernpunkt* ; kurzfassung ; resumer|resumez|resumen|resumir|resuma ; resume le|la|les|ce|cet|cette|este|esta|el|moi|ceci|en ; synthes* ; points cles ; puntos clave|principales ; sintesis ; sintetiz* ; кратк* ; резюм* ; riassum*

extract
7  als tabelle ; sous forme de tableau|liste ; en|como una tabla|lista ; в виде таблицы|списка
6  welche personen|menschen|orte|stadte|lander|firmen|namen .. vor|genannt|erwahnt ; welche .. kommen|werden vor|genannt|erwahnt ; quels|quelles .. mentionnes|mentionnees|cites|citees|apparaissent ; que|cuales .. aparecen|mencionan|mencionados|mencionadas ; какие .. упоминаются|упомянуты|встречаются ; hangi kisi*|isim*|sehir*|ulke*|sirket*|yer*|urun*|kurum* .. geciyor$
8  give|show|send|get me|us every|all|each
7  tabelle aller|mit|der ; erstell* .. tabelle|liste|ubersicht ; tableau des|de|avec|du ; fais|faites|dresse|dressez .. tableau|liste ; составь|составьте|сделай .. таблиц*|список
6  ^all the|email|phone|names|dates|numbers|addresses|urls|links|prices|amounts|invoices|orders|quotes ; רשום|רשמי|רשימה|רשימת|הוצא ; wymien* ; wypisz* ; lista alla ; noem alle ; daftar* ; sebutkan ; liet ke
5  all|every unique|distinct ; извлеки|извлеките|извлечь ; estrai|estraete|estrarre
8  ^dedup* ; remove|delete|drop|eliminate duplicates|repeats ; remove|delete|drop|eliminate .. duplicate lines|rows|entries|records|items|values ; tekrar eden satir*|kayit*|deger*|oge* ; yinelenen|tekrarlanan satir*|kayit*|deger*|oge* ; who attended|joined|participated ; show|give|return|list|keep|me only .. rows|lines|records|entries where|that|with|whose|containing|matching
6  give|list|show|return|get .. unique|distinct ; which .. were placed|made|sent|paid|delivered|cancelled|rejected|approved|signed|issued ; nenne|nennen alle|die ; toutes les ; выпиши* ; استخرج* ; اذكر
7  ^need|want all|every ; need|want all|every the ; who are all ; list is fine|enough|ok ; a plain list ; ^for each .. i|give|list|show|want ; her biri|birinin icin ; her birinin ; yer|kisi|kurum|urun|sirket|firma adlarina|adlarini|isimlerine|isimlerini|adlari ; tekrar edenleri ; noktali virgul* ; semicolon* ; paste .. into excel ; excel* .. atacag*|yapistir* ; csv
8  chronology of|from|in ; csv|json|excel|xlsx|yaml lazim|istiyorum|dondur~|ver~|yap~|olustur~|hazirla~ ; one object|row|line|entry|record per|for ; bir nesne|satir|kayit .. olacak|icin|gelecek ; her .. icin .. ad|tarih|isim|nesne|satir|tutar ; kime ne ; kim ne|neyi
7  tablo istiyorum|lazim|hazirla~|ver~|haline ; tabloya|tablosuna ; table .. columns|with ; spreadsheet ; as csv ; csv with|of|file ; each one with ; with .. exact wording|page|date each ; what promises|claims|demands|commitments|obligations|requirements|deadlines|dates|names|figures ; who .. has to|must|should|agreed to .. what ; what .. has to be done ; action points|items ; to do list ; todo list ; kisi kisi|madde madde|teker teker|satir satir|birer birer ; hangi .. dile getir*|gecmis|gecen|bahsed*|anil*|sayil*|kullanil*
5  dates and|of .. gosteren|showing ; everything .. said|says|mentioned about ; all the .. mentioned|cited|named|listed|used ; istenen|istenenler*|gereken|gerekenler* .. listele~|yaz~|neler
6  grab|fetch|dump|harvest|scrape|gather|record|mark|pick|jot|note .. all|every|each|the ; note|jot|write down all|every|each ; pick out ; tek tek not|kaydet~|isaretle~ ; tum|butun|her .. not et ; tum|butun|her .. kaydet~|derle~|isaretle~|dok~
8  tum|butun .. numaralar*|adresler*|isimler*|adlar*|tarihler*|eposta*|sirketler* ; alt alta
6  ^json ; json please|pls|only ; ^output .. for all|every|each ; for all|every|each the|of|invoice*|ticket*|row*|record*|author* ; every one of them ; all of them .. name* ; name all ; bulup sirala~
4  maddeler halinde .. yaz~|sirala~|ver~|cikar~
6  ^list ; list all|every|each|out|the|of all|me ; ^extract ; extract ; ^enumerate ; enumerate ; pull out|all|every|together ; collect all|every|the ; gather all ; ^catalog* ; inventory of
6  find|identify|get|give|show|return|name|write|note|compile|highlight|flag|report|locate|provide .. all|every|each ; make|create|give|build|produce|compile|return|prepare|generate|write|put|output .. list|table|index|glossary|spreadsheet|csv of|with|from|containing|listing ; as a table|csv|json|list ; in|into a table|csv|json|list ; json array|object|format|output|list ; to|into|as|in json|csv ; table of|with|that|listing ; every mention|instance|occurrence ; all mentions|instances|occurrences
4  what are all ; which .. are|were mentioned|listed|named|cited|used|imported|defined|involved|affected|discussed ; what .. are|were mentioned|listed|named|cited|used|imported|defined ; names of ; all of the ; action items ; ^get ; ^collect ; ^identify ; ^compile ; one per line ; everyone who ; all .. that|who|in ; every .. in|that|with ; ^what .. exist ; timeline ; chronolog*
-3 count all|every ; translate all ; fix all ; replace all|every ; remove all|every ; rename all ; of all time
6  listele~ ; listesi* ; listesini ; bir liste* ; liste olarak|halinde|yap~|cikar~ ; tum|butun|her .. cikar~|bul~|yaz~|ver~|goster~|getir~|topla~|ayikla~|say~|belirt~|tespit ; tumunu|hepsini|tamamini bul~|cikar~|yaz~|ver~|goster~|listele~ ; tablo* yap~|olustur~|cikar~|halinde|olarak|dok~|donustur~ ; tabloya ; tablosu* ; json olarak|formatinda|halinde|ciktisi|dizisi|a ; csv olarak|formatinda|dosyasi|halinde|ye ; ayikla~ ; tek tek yaz~|say~|belirt~ ; neler gec* ; kimler gec* ; adlarini ; isimlerini ; isimleri ; tarihleri* cikar~ ; gecen .. cikar~|yaz~|bul~|ver~|topla~
5  hangi .. var$ ; hangileri* ; nelerdir ; neler ; kimler ; cikar~$ ; cikart~ ; belirle~ ; tespit et ; cikarir misin* ; kronoloji* ; zaman cizelge* ; dokumu* ; dokum*
6  liste ; liste* alle|auf ; auflisten ; extrahier* ; alle .. aus|auf ; extrai* ; liste* les|tous|toutes ; lista todos|todas|los|las ; enumera ; extrae ; tous les ; todas las ; todos los ; перечисл* ; список

transform
8  losch*|entfern*|streich* alle|die|den ; supprim*|retir*|enlev* toutes|tous|les ; elimina*|borra*|quita* todos|todas|los|las ; удали|удалите|убери|уберите все|из|строки ; satirlarini|kelimelerini|isimlerini sil~
7  перепиш* ; keep only the|lines|rows|those ; only keep ; преобраз* .. в ; convert*|convierte|transforma .. csv|json|xml|yaml|markdown|html a|en ; csvyi|jsonu|xmli .. donustur~|cevir~ ; yi|i|u json|csv|xml a|e|ye donustur~|cevir~ ; أعد كتابة
7  beautif* ; pretty print* ; prettif* ; ^indent ; reindent* ; ^tidy ; tidy .. up ; guzellestir~ ; girintile~ ; תרגם|תתרגם|לתרגם|תרגמי|תרגום ; przetlumacz* ; tlumacz* ; oversatt* ; oversett* ; vertaal* ; terjemah* ; dich sang ; μετάφρασ* ; μεταφράσ* ; preloz* ; переклад* ; احجب* ; اخف* ; أخف*
3  in turkish|english|german|french|spanish|italian|russian|arabic|chinese|japanese|portuguese|dutch|korean
-7 ^translated ; translat* .. summary|answer|answers|result|results ; ozeti|ozetini .. cevir~
-5 replace|convert all|every|each .. declarations|calls|callbacks|functions|methods|classes|loops|variables|usages
9  gizle~$ ; maskele~$ ; sansurle~$ ; anonimlestir~$ ; karart~$
8  make .. lowercase|uppercase ; ^number|renumber the|all|every|each|these|my ; numaralandir~ ; veri*|bilgi*|isim*|adlari*|numara*|iban*|telefon*|eposta* .. kapat|kapatin|kapatir ; ersetze|ersetzen .. durch ; wandle|wandeln .. um ; formulier* .. einfacher|klarer|neu ; remplace|remplacez|remplacer .. par ; reemplaza|reemplace|sustituye .. por|con ; convertis|convertissez|convierte
7  ^schwarz* alle|die|den ; transforme|transformez .. en ; censure|censurez|censura ; tacha|oculta ; исправь|исправьте|исправить ; замени|замените|заменить ; ترجم* ; صحح* ; استبدل*
8  add|append|insert .. column|columns to|in this|the|my csv|spreadsheet|sheet ; csv*|tabloya .. sutun|kolon ekle~ ; append a|an|another .. column ; this|the csv .. with a|an|one additional|extra|new column
8  remove|strip|delete anything|everything|whatever ; swap them|it|those for ; clean markdown|html|text ; yildiz koy* ; ustu|ustunu kapat* ; yerlerine ; temizle~ .. eksil*|kal*|dokun* ; metnin kalani ; give .. the rest back
8  ^replace every|all|each ; replace every|all|each .. name*|email*|number*|date*|word* ; sentence|title|lower|upper case ; placeholder* ; de identify|identified ; deidentif* ; ingilizcesi*|almancasi*|fransizcasi*|turkcesi*|ispanyolcasi*|arapcasi*|rusca*|italyancasi*|japoncasi*|lehcesi* ; typescripte|typescripte|pythona|goya|javaya|kotline|rusta|javascripte|sqle|markdowna|htmle .. gecir~|cevir~|tasi~|aktar~|donustur~ ; ucuncu|birinci sahis|tekil|agiz* ; duz yaziya|metne ; paragraf* haline ; duzgun paragraf* ; yildizla* ; yildizlan* ; kararti* ; karala~
7  all caps ; grammer ; speling ; keep|keeping .. timestamps|formatting|markup|placeholders|numbering|layout ; leave all|every other|else ; every other word ; into prose|dialogue|verse|plain|simple|spoken|british|american ; in|into plain|simple|british|american|everyday english|language|words ; easier to read ; readable for ; so that .. understand* ; for children|kids|year ; number all|the paragraphs|lines ; in|into|to|from|use third|first|second person ; in|into|to|from|use the third|first|second person ; haline getir~|sok~ ; okunur|akici|anlasilir|resmi|samimi|kibar hale|dille|dilde|sekilde ; cocuklar* anlayacag* ; herkesin anlayacag*
7  black|blank out ; obfuscate ; scrub ; sanitize ; sanitise ; soften ; tone down ; tone of ; in tone ; make .. tone|friendlier|softer|warmer|simpler|clearer|politer|livelier ; yumusat~ ; uslubunu|tonunu|dilini .. yap~|degistir~|yumusat~|sertlestir~ ; sadelestir~
8  made up|fictitious|invented|fake name|names|ones|one ; uydurma|sahte|takma ad|isim|adlarla|isimlerle|adlar*|isimler* ; first|second|third person to|into first|second|third
7  put .. into|in .. tense|person|language|words|french|german|turkish|english ; into|to the past|present|future tense ; return|give|send|print .. full|whole|entire|complete text ; metnin|yazinin tamam* ; ceviriver~
7  ^translat* ; translat* ; ^rewrite ; rewrite ; ^rephrase ; rephrase ; paraphras* ; proofread* ; ^redact ; redact* ; anonymi* ; transcribe ; transliterat* ; ^reformat ; reformat* ; locali* ; ^convert ; convert .. to|into ; ^simplify ; simplif* the|this|language ; ^uppercase ; to|in uppercase|lowercase ; ^reword ; reword ; ^censor ; pseudonymi* ; ^mask ; mask all|every|the ; ^polish ; ^modernize ; ^format ; ^turn .. into ; ^transform ; ^port .. to ; port .. from|to ; ^clean .. up ; clean up ; ^capitalize ; normali* ; ^reverse
6  correct|fix|check|improve .. spelling|grammar|typos|punctuation|grammatical|language|style|wording|readability|english|writing ; spelling ; grammar ; typos ; in .. own words ; into|to turkish|english|german|french|spanish|italian|russian|arabic|chinese|japanese|portuguese|dutch|korean ; make .. more formal|polite|concise|professional|readable|casual|friendly ; in the style of ; add punctuation ; replace all|every|each .. with|by ; remove all|every|the .. from ; remove all|every ; plain english|language ; strip all|out ; easy language ; into prose|markdown|html|yaml|latex|typescript|python|go|rust|java ; to markdown|html|yaml|latex|typescript|rust|python
7  cevir~ ; ceviri* ; cevirisi* ; tercume ; tercumesi* ; yeniden yaz~|kaleme ; bastan yaz~ ; anonimlestir~ ; anonim ; maskele~ ; sansurle~ ; sadelestir~ ; formatla~ ; bicimlendir~ ; donustur~ ; resmilestir~ ; karart~ ; duzenle~ metn* ; resmi .. dile|dille|uslup* ; buyuk|kucuk harf* ; noktalama ; imla* ; yazim hata*|yanlis* ; yazim ; dil bilgisi ; dilbilgisi ; ifade bozukluk* ; kendi cumleler* ; baska kelimelerle ; daha resmi|akici|sade|anlasilir|kibar ; gizle~ ; aktar~ dile ; turkceye|ingilizceye|almancaya|fransizcaya|ispanyolcaya|rusca* ; turkcelestir~ ; turkce|ingilizce|almanca|fransizca|ispanyolca|arapca|japonca|rusca ye|ya|e|a ; yerine .. koy~|yaz~ .. metin|metnin|metinde ; sil~ kisisel ; duz metn* ; devrik
7  ubersetz* ; umschreib* ; schreib* .. um|neu ; formulier* .. um ; korrigier* ; anonymisier* ; traduis ; tradui* ; traduc* ; traduz* ; tradurre ; reformul* ; reecri* ; corrig* ; reescrib* ; anonimiz* ; перевед* ; переведите

edit
8  koddaki|kodda .. degistir~|donustur~|cevir~ ; asimini|suresini|limitini|degerini|sayisini|portunu .. cikar~|yukselt~|dusur~|artir~|azalt~
7  import*|bagimlilik* .. temizle~|sil~|kaldir~ ; ^comment|annotate this|the|my|every|each|all ; добавь|добавьте|добавить ; переименуй|переименуйте
7  hepsini .. ye|ya|e|a gecir~|cevir~|tasi~ ; kodun butun*|tamam* ; baska satira ; sinifinda|sinifini|metodunda|metodu|fonksiyonda|betikte|scriptte .. gecir~|degistir~|duzelt~|ekle~|kaldir~
7  new|updated|modified|corrected|patched dockerfile|yaml|makefile|pom|schema|query|css|html|json|config|script|version of ; wherever .. use|call|say|see ; yeni|guncel|son|duzeltilmis dockerfile*|dosya*|kod*|hal* .. goster~|ver~|yaz~|yolla~|gonder~ ; whole thing back ; complete|full file|code|class|component ; yerine .. kullan~ ; kodun tamami*|son hali*
5  use .. instead ; swap .. for|with ; her yerde .. yap~|degistir~|kullan~ ; tum dosyada ; imports ; bozma* ; calisir hale
7  return|give|send|print|post .. whole|full|complete|entire|corrected|fixed|updated source|listing|file|code ; add|insert|put .. before|after|around|to|in every|each|all
6  whole|full|entire|complete file ; file in full ; file back ; print .. file ; touch nothing else ; otherwise untouched|unchanged ; return|give|send .. the code|file ; split .. class|function|file|module|method|struct .. into ; gerisine|baska|kalanina|gerisi .. dokun* ; dosyayi geri|aynen|oldugu ; dosyanin tamam*|hepsi*
6  ^refactor ; refactor ; ^rename ; rename ; fix .. bug|bugs|error|errors|code|function|test|tests|build|warning|warnings|issue|issues|lint|compile|crash|leak|race|vulnerability|vulnerabilities|config|file|indentation ; add .. error|logging|docstring|docstrings|comments|comment|tests|test|type|types|annotations|method|function|field|endpoint|parameter|argument|validation|import|header|option|flag|column|handler|retry|timeout|caching|service|key|entry|step to|in|into|for
6  add|insert .. logging|docstrings|docstring|comments|type|types|annotations|validation|hints ; return|give|output|send|show|print|write .. whole|full|entire|complete|updated|modified|corrected|fixed|patched file|code|function|module|config|script|program|version|yaml|json|class ; change|set|update|modify|switch|replace|bump|upgrade|increase|decrease|raise|lower|move|delete|remove|extract .. function|method|class|variable|code|config|configuration|file|parameter|field|constant|import|imports|port|version|timeout|endpoint|module|struct|key|setting|default|dependency|dependencies|call|calls|line|type|interface|handler|signature|flag|image|replicas
5  ^implement ; ^patch ; ^modify ; ^migrate ; apply .. change|changes|patch|fix|diff ; make .. compile|pass|thread|async|concurrent|idempotent|configurable|optional|generic|const|faster|testable ; ^fix ; ^upgrade ; ^bump ; ^optimi* ; ^inline ; ^debug ; wherever it is used ; throughout the file|code ; everywhere in ; ^set .. to ; ^change .. to ; ^update ; ^replace .. with ; ^remove .. from ; ^delete .. from ; ^add .. to
6  refaktor* ; refactor* ; yeniden adlandir~ ; adini .. olarak|yap~|degistir~ ; ismini .. olarak|yap~|degistir~ ; kod* .. duzelt~|degistir~|ekle~|guncelle~|optimize|kaldir~|iyilestir~ ; hata* .. duzelt~|gider~|coz~ ; bug* .. duzelt~|gider~|coz~ ; fonksiyon* .. ekle~|degistir~|kaldir~|duzelt~|sil~|yap~|cevir~|tasi~ ; dosya* .. degistir~|guncelle~|ekle~|duzelt~|kaldir~ ; dosyanin tamam*|tam|son ; dosyayi komple|tam|butun|eksiksiz ; tam halini|dosyayi ; config* .. degistir~|guncelle~|ekle~|yap~ ; ayar* .. degistir~|guncelle~|ekle~|yap~ ; degisken* .. degistir~|yap~ ; test* ekle~ ; log* ekle~ ; hata yonetimi ; hata yakalama ; yorum satir* ; port* .. yap~|degistir~ ; surum* .. yap~|yukselt~|guncelle~ ; guncellenmis|duzeltilmis .. hal*|kod*|dosya*
5  degistir~ ; guncelle~ ; ekle~ ; kaldir~ ; duzelt~ ; duzeltilmis ; optimize et ; uygula~ ; sil~$
6  repariere ; behebe ; andere .. code|datei|funktion ; benenne ; fuge .. hinzu ; corrige* .. bug|code|fonction ; renomme ; ajoute ; arregla ; renombra ; anade ; agrega ; modifica

carry
8  остат* .. конце|итоге|конец ; конечн*|итогов* остат*|баланс*
8  opening|starting|initial balance|stock|position|inventory ; work|go|run|step through .. in order|sequence ; dipped|went|goes|drops below ; acilis|baslangic bakiye*|stog*|stok*
9  chang*|switch* hands ; follow .. scene|step|move|line by ; who s|is|has got .. at the end ; what does|do|will .. look like afterwards|after|then|finally ; closing|ending stock|balance|inventory ; process|apply|run all|each|every|the .. in order|sequence ; does she|he|it|they .. have when .. ends ; sonunda|sonuc* kimde|kimin|nerede|kac|ne ; en son|sonunda .. kimde|kimin elinde
7  after each|every ; her .. sonrasi*|sonra .. bakiye*|stok*|kalan|durum*|puan* ; sirayla|sirasiyla isle~|uygula~|takip|gez~ ; gun sonu*|ay sonu*|hafta sonu* .. kac|ne ; elinde|elimizde|cebinde|depoda|kasada .. kac|ne
8  keep the score|tally ; keep tabs ; hand to hand ; hands many|several ; has|holds|owns|carries|keeps it|them|him|her last|now|finally ; once all|every|each .. booked|processed|applied|done|executed|made|played|over ; elden ele ; el degistir* ; islenince ; hesabimda|kasada|depoda|elimde .. ne kadar|kac|olur ; en son kim|kimde|kimin|nerede
8  what s|is|was|remains left after|in|of|over|when|then|now ; what s|is|was left$ ; what remains ; left after ; after all|every|each|these|those .. movements|trips|deliveries|sales|withdrawals|deposits|bookings|payments|orders|changes|rides|games ; value of .. at the end ; where each|every .. stands|is|are ; line|move|step|round by line|move|step|round ; one by one .. end|done|stands|finally ; ^execute|run .. instructions|commands|orders|program .. report|tell|what|value ; go through the .. rounds|moves|turns|steps ; starting|started|began|beginning from|with|at .. what|left|remain*|end|after
8  elimizde|elde|depoda|kasada|geriye ne|kac|kaldi ; elimizde ne kadar ; ne kaldi ; tum|butun|hepsi .. sonra ne|kac|elde|elimizde ; giris cikis* ; hareket* .. sonra ; sefer* .. sonra ; sirayla uygula~ ; sira ile uygula~ ; islendikten sonra ; hamle* sirayla
8  running total|balance|score ; final|closing|current|ending|remaining|account balance ; final state|position|score|value|inventory ; end state ; balance after|at ; keep track ; keep .. running ; ^track ; track the|how|who ; ^simulate ; ^trace ; after all|every|each .. transactions|moves|steps|operations|swaps|commands|instructions|trades|events|updates|rounds|turns ; who has|holds|owns|is .. at the end|now|last ; where is .. at the end|now ; at the end of the|all .. who|where|what|how ; how many|much .. left|remain|remains|remaining ; step by step .. state|value|balance ; apply .. in order|sequence|sequentially ; what is left ; ends up ; end up ; ending up ; in stock|inventory .. after|end
8  bakiye* ; son durum* ; guncel durum* ; takip et ; takip ed* ; kimde kal* ; kimde$ ; kimde ; sonunda .. kimde|nerede|kac|ne|elinde ; elinde .. kal* ; geriye .. kal* ; kac .. kaldi|kalir|kaliyor ; ne kadar .. kaldi|kalir|kaliyor ; adim adim .. izle~|uygula~|takip|durum* ; sirasiyla uygula~ ; simule et ; son hali ne* ; son deger* ; stok* .. kal* ; tum islemler* sonra|sonunda|sonrasi* ; islemlerden sonra ; hamle* sonra|sonunda ; son konum*
8  kontostand ; laufend* summe ; solde ; saldo

compose
8  ders|calisma|is|egitim|antrenman|gezi|proje|diyet|tez plani hazirla*|yap*|olustur*|yaz* ; lesson|study|training|business|marketing|project|travel plan for|of|covering
7  roman|kitap|kitabi|senaryo|hikaye|makale|tez|rehber|kilavuz|mufredat|blog yaz* ; novel|book|screenplay|thesis|handbook|manual|course|curriculum|textbook of|about|on|for|with|in ; uygulama|sistem|site|oyun|api|backend gelistir*|yap*|kodla*|tasarla*|yaz*
6  ^write .. book|novel|thesis|dissertation|tutorial|guide|handbook|manual|course|essay|story|article|report|screenplay|script|ebook|documentation|whitepaper|proposal|plan|blog|chapter|textbook|specification|program|application|app|library|compiler|game|curriculum ; ^create|build|develop|generate|implement|design|produce|make|draft|prepare|compose .. api|app|application|website|site|service|system|project|backend|frontend|platform|book|novel|course|guide|tutorial|handbook|manual|curriculum|documentation|plan|report|game|library|server|program|framework|dashboard|store|shop|cli|bot|microservice|microservices|article|essay|story|ebook
6  comprehensive|detailed|complete|full|long|extensive|exhaustive|thorough guide|tutorial|report|essay|article|book|course|documentation|handbook|manual|story|plan|specification|implementation ; full length ; ^write a long ; step by step guide|tutorial ; from scratch ; production ready ; word|page|chapter essay|article|report|story|book|novel|paper|guide|thesis ; ^draft ; ^compose ; ^write
6  yaz~ .. kitap|roman ; kitap|roman|hikaye|oyku|makale|rehber*|kilavuz*|rapor*|tez*|senaryo|ders*|egitim*|kurs*|blog|deneme|plan*|dokumantasyon*|uygulama*|proje*|site*|sitesi|api|api*|servis*|sistem*|oyun*|program* .. yaz~|olustur~|hazirla~|gelistir~|tasarla~|kodla~|uret~|yap~ ; kelimelik ; sayfalik ; bolumluk ; uzun bir ; detayli|ayrintili|kapsamli bir ; sifirdan ; uctan uca
5  olustur~ ; hazirla~ ; gelistir~ ; tasarla~ ; kodla~ ; uret~ ; yaz~$
6  schreib* .. buch|roman|aufsatz|artikel|geschichte|anleitung|bericht ; erstell* ; ecri* .. livre|roman|article|guide|rapport|histoire ; cree* ; escrib* .. libro|novela|ensayo|articulo|guia|informe|historia ; crea

continue
6  ^continue ; continue where|from|writing|the ; ^go on ; ^keep going ; carry on ; pick up where ; finish .. sentence|where ; cut off ; devam et ; devam ettir~ ; devam$ ; kaldigin* yerden ; devamini yaz~|getir~ ; weiter ; mach weiter ; continua ; sigue

direct
9  en iyisinden ; en guclusunden ; birbirleriyle|birbiriyle kiyasla*
9  just reply|answer|say|respond ok|okay|hello|hi|yes ; reply ok|okay ; only the first|part bit|part|half ; sadece tamam|ok|merhaba|anladim ; tamam de|yaz ; bos ver ; yanlislikla yapistir* ; ignore the|this|that text|document|above|paste|attachment ; strongest|best|weakest .. of them all|overall ; put .. in order of|from .. quality|best|strongest ; rank them|these .. from ; hangisi .. en iyi|guclu|basarili ; en iyiden|basarilidan|gucluden ; sirala~ .. en iyi*
-9 ikiser cumle*|paragraf*|satir*|madde*|kelime*
9  each|every pair ; pairwise ; pairs of ; all pairs ; which two|pair ; from best to worst ; best to worst ; most similar ; similar .. each other ; cluster ; group similar ; near duplicates ; find duplicates ; rank .. by quality ; against each other ; compare .. each other ; overall grade|score|rating ; tournament
9  ikiser* ; ikili karsilastir* ; en iyiden ; birbiriyle|birbirine|birbirleriyle .. karsilastir~|benze* ; hangi ikisi ; kumele~ ; en benzer ; genel not* ; en iyisini sec~
`

var patterns = sync.OnceValue(func() *index {
	var all []pattern
	op := ""
	for _, line := range strings.Split(lexicon, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if row(line) != nil {
			op = line
			continue
		}
		head, rest, _ := strings.Cut(line, " ")
		weight, sign := 0, 1
		for _, c := range head {
			if c == '-' {
				sign = -1
				continue
			}
			weight = weight*10 + int(c-'0')
		}
		for _, written := range strings.Split(rest, ";") {
			if written = strings.TrimSpace(written); written != "" {
				lang := ""
				if l, w, ok := strings.Cut(written, ":"); ok {
					lang, written = l, w
				}
				all = append(all, compile(op, sign*weight, lang, written))
			}
		}
	}
	return newIndex(all)
})

// composing are those of them that tell of a long text that is wanted.
var composing = sync.OnceValue(func() *index {
	return newIndex(slices.DeleteFunc(slices.Clone(patterns().all), func(p pattern) bool { return p.op != "compose" }))
})
