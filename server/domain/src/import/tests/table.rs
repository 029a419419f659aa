//! Tables: headers, delimiters, line ends, and every way they break.

use super::*;

const HEAD: &str = "name,platform,purpose,environments\n";

#[test]
fn line_ends_marks_and_delimiters_are_no_matter() {
    let plain = "name,platform,purpose\nshop,aws,Deploys the shop\n";
    let expected = good(plain);
    assert_eq!(expected.len(), 1);
    for same in [
        plain.replace('\n', "\r\n"),
        format!("\u{feff}{plain}"),
        plain.trim_end().to_owned(),
        plain.replace(',', ";"),
        plain.replace(',', "\t"),
        plain.replace("shop,aws", "\"shop\",\"aws\""),
        plain.replace("shop,aws", "  shop , aws "),
        format!("{plain}\n\n,,\n"),
    ] {
        assert_eq!(good(&same), expected, "{same:?}");
    }
}

#[test]
fn rows_are_counted_as_a_spreadsheet_does() {
    let text = format!(
        "{HEAD}one,aws,\"two\nlines\",prod\ntwo,nowhere,x y z,prod\nthree,aws,x y z,moon\n"
    );
    let problems = bad(text.as_bytes());
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(
        problems[0].starts_with("row 3: platform: “nowhere” is not one of"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with(
            "row 4: environments: “moon” is not one of production, staging, development"
        ),
        "{problems:?}"
    );
}

#[test]
fn all_problems_of_a_row_are_told_and_the_rest_goes_on() {
    let text = format!("{HEAD}-x,nowhere,p,moon\ngood one,aws,Deploys the shop,dev\n");
    let (records, problems, _) = parts(text.as_bytes(), &hint());
    assert_eq!(records.len(), 1);
    let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
    assert_eq!(fields, ["name", "platform", "environments"]);
    assert!(problems.iter().all(|p| p.row == 2));
}

#[test]
fn duplicated_headers_refuse_the_file() {
    let problems = bad(b"name,platform,Name,purpose\nshop,aws,x,y\n");
    assert_eq!(
        problems,
        ["row 1: Name: the header “Name” stands twice, in column 1 and column 3"]
    );
    let problems = bad(b"title,identity,platform\nshop,shop,aws\n");
    assert!(problems[0].contains("both mean name"), "{problems:?}");
}

#[test]
fn headers_that_say_nothing_refuse_the_file() {
    let problems = bad(b"a,b\n1,2\n");
    assert!(
        problems[0].starts_with("row 1: the headers do not tell what the rows are about (a, b)"),
        "{problems:?}"
    );
}

#[test]
fn a_wrong_encoding_is_told_by_row_and_field() {
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend(b"caf\xe9,aws,Deploys the shop,dev\nshop,aws,Deploys the shop,dev\n");
    let (records, problems, _) = parts(&bytes, &hint());
    assert_eq!(records.len(), 1);
    assert_eq!(
        problems[0].to_string(),
        "row 2: name: is not UTF-8 text; save the file as UTF-8"
    );
    assert!(bad(b"\xff\xfen\0a\0")[0].contains("UTF-16"));
    assert!(bad(b"na\0me,platform\nshop,aws\n")[0].contains("NUL"));
    assert!(bad(b"n\xe9me,platform\nx,aws\n")[0].contains("header of column 1 is not UTF-8"));
}

#[test]
fn a_field_of_ten_megabytes_is_one_problem() {
    let long = "x".repeat(10 * 1024 * 1024);
    let text = format!("{HEAD}shop,aws,{long},dev\nother,aws,Deploys the shop,dev\n");
    let (records, problems, _) = parts(text.as_bytes(), &hint());
    assert_eq!(records.len(), 1);
    assert_eq!(
        problems[0].to_string(),
        "row 2: purpose: has 10485760 bytes; at most 65536 are taken in one cell"
    );
}

#[test]
fn a_cut_row_and_an_open_quotation_are_told() {
    let problems = bad(format!("{HEAD}shop,aws\n").as_bytes());
    assert_eq!(problems, ["row 2: has 2 cells, the header has 4"]);
    let problems = bad(format!("{HEAD}shop,aws,\"Deploys,dev\nother,aws,x y z,dev\n").as_bytes());
    assert!(
        problems[0].starts_with("row 2: a quotation mark is opened here and never closed"),
        "{problems:?}"
    );
    let problems = bad(format!(
        "{HEAD}shop,aws,\"Deploys,dev\nother,aws,x\" y z,dev,more\nlast,aws,x y z,dev\n"
    )
    .as_bytes());
    assert!(
        problems[0].contains("is a quotation mark left open?"),
        "{problems:?}"
    );
}

#[test]
fn formulas_are_refused_and_our_own_escape_is_taken_off() {
    for formula in [
        "=1+1",
        "=HYPERLINK(\"\"http://x\"\")",
        "+cmd|' /C calc'!A0",
        "@SUM(1)",
        "-2+3+cmd|' /C calc'!A0",
    ] {
        let problems = bad(format!("{HEAD}shop,aws,\"{formula}\",dev\n").as_bytes());
        assert_eq!(
            problems,
            ["row 2: purpose: begins like a spreadsheet formula; write it as plain text"],
            "{formula}"
        );
    }
    let records = good(&format!("{HEAD}shop,aws,'=sum of all invoices,dev\n"));
    assert_eq!(
        identity(&records[0]).purpose.as_deref(),
        Some("=sum of all invoices")
    );
    let records = good("name,platform,owner\nshop,aws,@mira\n");
    assert_eq!(identity(&records[0]).owner.as_deref(), Some("@mira"));
}

#[test]
fn a_secret_is_refused_without_being_repeated() {
    let secret = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let problems = bad(format!("{HEAD}shop,aws,uses {secret},dev\n").as_bytes());
    assert!(
        problems[0].starts_with("row 2: purpose: This looks like a GitHub token"),
        "{problems:?}"
    );
    assert!(!problems[0].contains("a1B2"));
}

#[test]
fn nothing_is_an_error_and_only_a_header_is_nothing_to_do() {
    for empty in ["", " \r\n", "\u{feff}"] {
        assert_eq!(bad(empty.as_bytes()), ["The file is empty."]);
    }
    assert_eq!(good(HEAD), []);
}

#[test]
fn the_mapping_step_renames_and_leaves_out() {
    let text = b"Dienst,Ort,Zweck,kind\nshop,aws,Deploys the shop,unclear\n";
    let said = |column: &str, field: &str| (column.to_owned(), field.to_owned());
    let hint = Hint {
        kind: Some(ImportKind::Identities),
        mapping: vec![
            said("dienst", "name"),
            said("Ort", "platform"),
            said("Zweck", "purpose"),
            said("kind", ""),
        ],
        ..hint()
    };
    let (records, problems, _) = parts(text, &hint);
    assert_eq!(problems, []);
    assert_eq!(
        identity(&records[0].1).purpose.as_deref(),
        Some("Deploys the shop")
    );
    let wrong = Hint {
        mapping: vec![said("Nix", "name"), said("Ort", "planet")],
        ..hint
    };
    let (_, problems, _) = parts(text, &wrong);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "row 1: Nix: the file has no column “Nix”",
            "row 1: Ort: identities have no field “planet”"
        ]
    );
}

#[test]
fn an_export_of_ours_can_be_read_back() {
    let text = "id,name,kind,platform,state,purpose,subject,environments,team,owner,credential,rotation,privileged,tier,risk\r\n\
        0193-x,shop · deploy,pipeline,github_actions,active,'=x,repo:acme/shop:pull_request,production staging,Shop,Mira Kestrel,federated,ok,true,high,40\r\n";
    let records = good(text);
    let one = identity(&records[0]);
    assert_eq!(one.selectors.len(), 1);
    assert_eq!(one.environments.as_ref().map(Vec::len), Some(2));
    assert_eq!(one.purpose.as_deref(), Some("=x"));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parts(&bytes, &hint());
            let mut table = HEAD.as_bytes().to_vec();
            table.extend(&bytes);
            let _ = parts(&table, &hint());
        }

        #[test]
        fn a_written_cell_reads_back(purpose in "[a-zA-Z0-9 ,;\"äöü–\n]{0,200}") {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["name", "platform", "purpose"]).expect("head");
            writer.write_record(["shop", "aws", purpose.as_str()]).expect("row");
            let bytes = writer.into_inner().expect("bytes");
            let (records, problems, _) = parts(&bytes, &hint());
            prop_assert_eq!(problems, vec![]);
            let trimmed = purpose.trim();
            prop_assert_eq!(identity(&records[0].1).purpose.as_deref(), (!trimmed.is_empty()).then_some(trimmed));
        }
    }
}
