//! Names of months and days, and the words of twelve-hour clocks, in the languages of Windows' larger locales.
//!
//! Lower case, without the dots of abbreviations. A name stands once, and no name is of two months: what two
//! languages use for different months is in [`SHARED`].

use std::collections::HashMap;
use std::sync::OnceLock;

/// Names of each month, in the forms that dates use: full, of a genitive, and short.
pub(super) const MONTHS: [&str; 12] = [
    "january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari tammikuu tammikuuta tammi styczeń \
     stycznia sty leden ledna led január januára januarja ocak oca январь января янв січень січня січ ιανουάριος \
     ιανουαρίου ιαν ianuarie ian jaanuar jaan janvāris sausis sausio saus януари яну gener يناير ינואר בינואר",
    "february feb februar februari février févr fév febrero febbraio fevereiro fev helmikuu helmikuuta helmi luty \
     lutego lut únor února úno február febr februára februarja şubat şub февраль февраля февр фев лютий лютого лют \
     φεβρουάριος φεβρουαρίου φεβ februarie veebruar veebr februāris vasaris vasario vas февруари febrer فبراير פברואר \
     בפברואר",
    "march mar märz mrz mär mars marzo março maart mrt marts maaliskuu maaliskuuta maalis marzec marca březen března \
     bře március márc marec mart март марта мар березень березня бер μάρτιος μαρτίου μάρ μαρ martie märts kovas kovo \
     kov març مارس מרץ במרץ",
    "april apr avril avr abril abr aprile aprílis ápr apríl apríla aprila huhtikuu huhtikuuta huhti kwiecień kwietnia \
     kwi duben dubna dub nisan nis апрель апреля апр квітень квітня кві квіт απρίλιος απριλίου απρ aprilie aprill \
     aprīlis balandis balandžio bal април أبريل אפריל באפריל",
    "may mai maj maja mayo maio maggio mag mei toukokuu toukokuuta touko květen května kvě május máj mája mayıs mayis май мая \
     травень травня тра трав μάιος μαΐου μαϊου μαιου μάι μαι maijs gegužė gegužės geg maig مايو מאי במאי",
    "june jun juni juin junio giugno giu junho kesäkuu kesäkuuta kesä czerwiec czerwca cze červen června čvn június jún \
     júna junij junija haziran haz июнь июня июн червень червня чер черв ιούνιος ιουνίου ιούν ιουν iunie iun juuni \
     jūnijs jūn birželis birželio birž юни juny يونيو יוני ביוני",
    "july jul juli juillet juil julio luglio lug julho heinäkuu heinäkuuta heinä lipiec lipca červenec července čvc \
     július júl júla julij julija temmuz tem июль июля июл липень липня лип ιούλιος ιουλίου ιούλ ιουλ iulie iul juuli \
     jūlijs jūl liepa liepos liep юли juliol يوليو יולי ביולי",
    "august aug août aoû agosto ago augustus augusti elokuu elokuuta elo sierpień sierpnia sie srpen srpna augusztus \
     augusta avgust avgusta avg ağustos ağu август августа авг серпень серпня сер серп αύγουστος αυγούστου αύγ αυγ \
     augusts rugpjūtis rugpjūčio rugp agost أغسطس אוגוסט באוגוסט",
    "september sept sep septembre septiembre setiembre settembre set setembro syyskuu syyskuuta syys wrzesień września \
     wrz září zář szeptember szept septembra eylül eyl сентябрь сентября сент сен вересень вересня вер σεπτέμβριος \
     σεπτεμβρίου σεπ σεπτ septembrie septembris rugsėjis rugsėjo rugs септември септ setembre سبتمبر ספטמבר בספטמבר",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu lokakuuta loka październik października paź \
     říjen října říj október októbra oktobra ekim eki октябрь октября окт жовтень жовтня жов жовт οκτώβριος οκτωβρίου \
     οκτ octombrie oktoober oktobris spalis spalio spal октомври أكتوبر אוקטובר באוקטובר",
    "november nov novembre noviembre novembro marraskuu marraskuuta marras listopadu novembra kasım kasim kas ноябрь ноября \
     нояб ноя листопад листопада лис лист νοέμβριος νοεμβρίου νοέ νοε noiembrie noi noiem novembris lapkritis \
     lapkričio lapkr ноември نوفمبر נובמבר בנובמבר",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro joulukuu joulukuuta joulu grudzień grudnia \
     gru prosinec prosince pro decembra aralık aralik ara декабрь декабря дек грудень грудня гру груд δεκέμβριος δεκεμβρίου \
     δεκ decembrie detsember dets decembris gruodis gruodžio gruod декември desember des desembre ديسمبر דצמבר בדצמבר",
];

/// Names that Polish or Czech and Croatian use for different months, as the larger two use them.
pub(super) const SHARED: [(&str, u32); 5] = [("lip", 7), ("srp", 8), ("lis", 11), ("listopad", 11), ("listopada", 11)];

/// Names of each day from Monday, full and short. Short ones that languages use for different days are in [`ANY_DAY`].
pub(super) const DAYS: [&str; 7] = [
    "monday mon montag mo lundi lun lunes lunedì segunda-feira segunda seg maandag maa måndag mån mandag man maanantai \
     maanantaina poniedziałek pon pondělí po pondelok hétfő pazartesi pzt понедельник пн понеділок понеделник δευτέρα \
     δευ luni ponedeljek esmaspäev pirmdiena pirmadienis dilluns 星期一 周一 週一 月曜日 月曜 월요일",
    "tuesday tue tues dienstag mardi martes martedì terça-feira terça ter dinsdag din tisdag tis tirsdag tirs tir \
     tiistai tiistaina wtorek wt úterý út utorok ut kedd salı sal вторник вт вівторок τρίτη τρί marți torek teisipäev \
     otrdiena antradienis dimarts 星期二 周二 週二 火曜日 火曜 화요일",
    "wednesday wed mittwoch mi mercredi mercoledì miércoles mié quarta-feira quarta qua woensdag woe onsdag ons \
     keskiviikko keskiviikkona ke środa śr středa streda szerda sze çarşamba çar среда ср середа сряда τετάρτη τετ \
     miercuri mie sreda sre kolmapäev trešdiena trečiadienis dimecres 星期三 周三 週三 水曜日 水曜 수요일",
    "thursday thu thur thurs donnerstag jeudi jeu jueves jue giovedì gio quinta-feira quinta qui donderdag torsdag tors \
     torstai torstaina czwartek czw čtvrtek čt štvrtok št csütörtök perşembe per четверг чт четвер четвъртък πέμπτη πέμ \
     joi četrtek čet neljapäev ceturtdiena ketvirtadienis dijous 星期四 周四 週四 木曜日 木曜 목요일",
    "friday fri freitag fr vendredi ven viernes vie venerdì sexta-feira sexta sex vrijdag vri fredag fre perjantai \
     perjantaina pe piątek pt pátek pá piatok pi péntek cuma cum пятница пт п'ятниця петък παρασκευή παρ vineri vin \
     petek pet reede piektdiena penktadienis divendres 星期五 周五 週五 金曜日 金曜 금요일",
    "saturday sat samstag sonnabend samedi sam sábado sáb sabato sab zaterdag zat lördag lör lørdag lør lauantai \
     lauantaina la sobota sob szombat szo cumartesi cmt суббота сб субота събота σάββατο σάβ sâmbătă sâm laupäev \
     sestdiena šeštadienis dissabte 星期六 周六 週六 土曜日 土曜 토요일",
    "sunday sun sonntag dimanche dim domingo dom domenica zondag zon söndag sön søndag søn sunnuntai sunnuntaina su \
     niedziela niedz ndz neděle nedeľa vasárnap pazar paz воскресенье вс неділя неделя нд κυριακή κυρ duminică dum \
     nedelja ned pühapäev svētdiena sekmadienis diumenge 星期日 星期天 周日 週日 日曜日 日曜 일요일",
];

/// Short names of days that say nothing of which: languages differ. One that is a month too is one only where a whole
/// date follows it.
pub(super) const ANY_DAY: &str = "ma ti on to ons di do wo vr za zo sa so st ne tor mar mer lu me je ve h k cs sz p v";

/// The words for before and after noon, without dots and spaces.
pub(super) const HALVES: [(&str, &str); 17] = [
    ("am", "pm"),
    ("上午", "下午"),
    ("午前", "午後"),
    ("오전", "오후"),
    ("πμ", "μμ"),
    ("öö", "ös"),
    ("fm", "em"),
    ("ap", "ip"),
    ("vorm", "nachm"),
    ("vm", "nm"),
    ("de", "du"),
    ("dop", "odp"),
    ("проб", "слоб"),
    ("дп", "пп"),
    ("sa", "ch"),
    ("ص", "م"),
    ("凌晨", "晚上"),
];

/// Words between a day and a time of day, and after one: `um`, `at`, `kl.`, `Uhr`.
pub(super) const FILLERS: &str =
    "t um at à às a las alle ore kl klo o u la в о об ve ora orele godz uhr h ч год clock в 在";

/// Words after a date's year: `г.`, `р.`, `m.`.
pub(super) const AFTER_YEAR: &str = "г г. р року года year m d ж";

/// The month of a name, and whether another language uses it for another.
pub(super) fn month(word: &str) -> Option<(u32, bool)> {
    static TABLE: OnceLock<HashMap<&str, (u32, bool)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let names =
            (1..).zip(MONTHS).flat_map(|(month, names)| names.split_whitespace().map(move |name| (name, month)));
        let named = names.map(|(name, month)| (name, (month, false)));
        named.chain(SHARED.map(|(name, month)| (name, (month, true)))).collect()
    });
    table.get(word).copied()
}

/// The day of a name, from 1 for Monday; 0 where the name does not say.
pub(super) fn day(word: &str) -> Option<u32> {
    static TABLE: OnceLock<HashMap<&str, u32>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let any = ANY_DAY.split_whitespace().map(|name| (name, 0));
        let named = (1..).zip(DAYS).flat_map(|(day, names)| names.split_whitespace().map(move |name| (name, day)));
        named.chain(any).collect()
    });
    table.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_one_month_and_one_day() {
        for tables in [MONTHS.as_slice(), DAYS.as_slice()] {
            let mut known: HashMap<&str, usize> = HashMap::new();
            for (at, names) in tables.iter().enumerate() {
                for name in names.split_whitespace() {
                    assert_eq!(name, name.to_lowercase(), "{name}");
                    assert_eq!(known.insert(name, at), None, "{name} stands twice");
                }
            }
        }
        for (name, _) in SHARED {
            assert!(MONTHS.iter().all(|names| names.split_whitespace().all(|known| known != name)), "{name}");
        }
    }
}
