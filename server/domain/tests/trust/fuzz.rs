//! A short, deterministic run of what the fuzz targets do: documents of every kind, broken at random places.

use super::poke::poke;

const SEEDS: [&str; 9] = [
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:acme/*","${aws:x}?"]},"Null":{"aws:PrincipalTag/x":"true"}}}]}"#,
    r#"{"issuer":"https://gitlab.com","audiences":["a"],"claimsMatchingExpression":{"value":"claims['sub'] matches 'project_path:a/*' and claims['x'] eq 'it''s'"}}"#,
    r#"{"attribute_mapping":{"google.subject":"assertion.sub","attribute.r":"assertion.repository.split('/')[0]"},"attribute_condition":"assertion.sub.startsWith('repo:acme/') && (assertion.ref == 'x' || 'a' in assertion.groups)","oidc":{"issuer_uri":"https://token.actions.githubusercontent.com"},"_bindings":["principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.r/acme"]}"#,
    r#"{"role_type":"jwt","user_claim":"sub","bound_audiences":"x,y","bound_claims_type":"glob","bound_claims":{"sub":"repo:*:*","/a/b":[1,true,null]},"token_bound_cidrs":["10.0.0.0/8"]}"#,
    "issuer_pattern: 'https://.*'\nsubject_pattern: 'repo:(a|b)/[c-e]+:.*'\nclaim_pattern: {event_name: 'push|x'}\n",
    "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode({ Statement = [for x in [1, 2] : { Effect = \"Allow\", Principal = { Federated = \"${var.p}\" }, Action = \"sts:*\", Condition = { StringLike = { \"${local.h}:sub\" = format(\"repo:%s\", var.a) } } }] })\n}\nlocals { h = replace(\"https://x.y\", \"/^https?:/\", \"\") }\n",
    "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Federated: !Sub 'arn:${AWS::Partition}:x'}, Action: 'sts:*', Condition: {StringLike: {'a.b:sub': !Join [':', [a, !Ref B]]}}}]}\n",
    "on: {pull_request_target: {}}\npermissions: write-all\njobs:\n  j:\n    runs-on: [self-hosted]\n    steps:\n      - uses: actions/checkout@v4\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: echo ${{ secrets.X }} ${{ github.event.issue.title }}\n",
    "a: &a [x, y]\nscript: [*a, !reference [b, c]]\njob: {stage: deploy, script: [terraform apply], id_tokens: {A: {aud: [x, y]}}}\n",
];

const PIECES: [&str; 16] = [
    "{", "}", "[", "]", "\"", "'", "${", "}}", "*", "(", ")", ": ", "\\", "\u{e000}", "null",
    "\u{fffd}",
];

#[test]
fn broken_documents_of_every_kind_come_back() {
    let started = std::time::Instant::now();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(most.max(1)).unwrap()).unwrap()
    };
    for round in 0..1_200 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        for _ in 0..=next(4) {
            let at = (0..=next(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap();
            match next(4) {
                0 => text.insert_str(at, PIECES[next(PIECES.len())]),
                1 => text.truncate(at),
                2 => {
                    let end = (at..=text.len())
                        .skip(next(9))
                        .find(|end| text.is_char_boundary(*end))
                        .unwrap_or(at);
                    text.replace_range(at..end, "");
                }
                _ => {
                    let part: String = text[at..].chars().take(next(40)).collect();
                    text.insert_str(at, &part);
                }
            }
        }
        poke(text.as_bytes());
    }
    println!("1,200 documents in {:?}", started.elapsed());
    assert!(
        started.elapsed() < std::time::Duration::from_mins(2),
        "{:?}",
        started.elapsed()
    );
}
