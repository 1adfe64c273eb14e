//! Yes and no, in the words of exports and of spreadsheets in other languages.

/// Words for yes, lower case.
const YES: &str = "true yes y t wahr ja vrai oui verdadero sí si cierto vero sì verdadeiro sim waar sant sand sann tosi kyllä \
                   prawda tak pravda ano áno igaz igen doğru evet истина да істина так αληθές αληθής ναι \
                   adevărat da cert tõene jah taip jā istina resnično 真 是 はい 예 참";
/// Words for no, lower case.
const NO: &str = "false no n f falsch nein faux non falso não onwaar nee falskt nej falsk usann nei epätosi ei fałsz nie \
                  nepravda ne hamis nem yanlış hayır ложь нет хибність ні лъжа не ψευδές ψευδής όχι fals nu väär neistina \
                  假 否 いいえ 아니요 거짓";

/// Reads a flag: `true`, `1`, `WAHR`, `não`, `1.0`; `None` for anything else.
pub fn flag(text: &str) -> Option<bool> {
    let text = text.trim();
    match text {
        "true" | "True" | "TRUE" => return Some(true),
        "false" | "False" | "FALSE" => return Some(false),
        _ => {}
    }
    match super::number(text) {
        super::Number::Whole(1) => return Some(true),
        super::Number::Whole(0) => return Some(false),
        _ => {}
    }
    // Turkish has two letters i, of which capitals lose the dot, or gain one.
    let dotted = |text: &str| text.replace('ı', "i").replace('\u{307}', "");
    let lower = dotted(&text.to_lowercase());
    let is = |words: &str| words.split_whitespace().any(|word| dotted(word) == lower);
    if is(YES) { Some(true) } else { is(NO).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_in_other_languages() {
        for (yes, no) in [
            ("True", "FALSE"),
            ("1", "0"),
            ("1.0", "0,0"),
            ("WAHR", "FALSCH"),
            ("VRAI", "FAUX"),
            ("VERDADERO", "FALSO"),
            ("VERO", "FALSO"),
            ("VERDADEIRO", "Não"),
            ("WAAR", "ONWAAR"),
            ("SANT", "FALSKT"),
            ("PRAWDA", "FAŁSZ"),
            ("PRAVDA", "NEPRAVDA"),
            ("IGAZ", "HAMIS"),
            ("DOĞRU", "YANLIŞ"),
            ("ИСТИНА", "ЛОЖЬ"),
            ("ІСТИНА", "ХИБНІСТЬ"),
            (" yes ", "no"),
            ("はい", "いいえ"),
        ] {
            assert_eq!((flag(yes), flag(no)), (Some(true), Some(false)), "{yes} {no}");
        }
        for text in ["", "-", "2", "maybe", "null"] {
            assert_eq!(flag(text), None, "{text}");
        }
        for word in YES.split_whitespace() {
            assert!(NO.split_whitespace().all(|other| other != word), "{word}");
        }
    }
}
