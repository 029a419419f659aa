//! One input to every reader and judge of trust: the body of the fuzz targets (`server/domain/fuzz`), and of the
//! short run in the tests. Nothing is asserted but that it comes back.

use domain::trust::{Facts, Governance, Language, Token, Wish, read_all, scan};

/// Reads the bytes as everything they could be, and judges what was read.
pub fn poke(data: &[u8]) {
    let facts = Facts::default();
    let text = String::from_utf8_lossy(data);
    let tokens = [
        Token::read(r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:acme/app:ref:refs/heads/main","aud":"sts.amazonaws.com","repository":"acme/app"}"#).ok(),
        Token::read(&text).ok(),
    ];
    let languages = Language::ALL.into_iter().map(Some).chain([None]);
    for trust in languages
        .filter_map(|language| read_all(data, language).ok())
        .flatten()
    {
        trust.trust.lint(&facts);
        trust.trust.admits(&facts);
        for token in tokens.iter().flatten() {
            trust.trust.evaluate(token, &facts);
            let _ = trust
                .trust
                .tighten(std::slice::from_ref(token), Wish::default(), &facts);
        }
    }
    let _ = Facts::read(&text);
    let _ = Token::read_all(&text);
    let _ = scan::scan("ci.yml", &text);
    let _ = scan::import_sarif(&text);
    let _ = Governance::read(&[&text]);
}
