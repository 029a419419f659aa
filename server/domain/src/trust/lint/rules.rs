//! The rules, one file each.

mod any_ref_wildcard;
mod any_service_account;
mod any_tenant_wildcard;
mod branch_wildcard;
mod comma_list_as_string;
mod default_audience;
mod deny_as_control;
mod duplicate_key;
mod duplicate_legacy_credential;
mod environment_without_repo;
mod fic_missing_immutable_claim;
mod fic_regex_metachar;
mod fic_unsupported;
mod foreign_repository;
mod gcp_no_condition;
mod google_subject_not_unique;
mod head_ref_misuse;
mod immutable_id_wildcarded;
mod issuer_mismatch;
mod job_workflow_ref;
mod json_pointer_key;
mod missing_aud_condition;
mod mutable_name;
mod no_environment_gate;
mod no_subject_binding;
mod old_policy_version;
mod org_wide_wildcard;
mod placeholder_left;
mod pool_binding;
mod pool_mixed_providers;
mod prefix_without_delimiter;
mod principal_wildcard;
mod pull_request_allowed;
mod ref_without_ref_type;
mod run_phase_wildcard;
mod shared_issuer_http;
mod subject_format_drift;
mod subject_never_matches;
mod type_mismatch;
mod unknown_claim_key;
mod unprotected_ref;
mod unterminated_owner_prefix;
mod user_claim;
mod vacuous_operator;
mod vault_audience_only;
mod vault_no_bound_audiences;
mod vault_role_type_omitted;
mod wildcard_in_exact_operator;
mod workflow_join;

use super::Rule;

/// Every rule, in the order of the reference.
pub const REGISTRY: &[&Rule] = &[
    &no_subject_binding::RULE,
    &any_tenant_wildcard::RULE,
    &unterminated_owner_prefix::RULE,
    &prefix_without_delimiter::RULE,
    &org_wide_wildcard::RULE,
    &any_ref_wildcard::RULE,
    &branch_wildcard::RULE,
    &pull_request_allowed::RULE,
    &no_environment_gate::RULE,
    &environment_without_repo::RULE,
    &head_ref_misuse::RULE,
    &job_workflow_ref::RULE,
    &mutable_name::RULE,
    &immutable_id_wildcarded::RULE,
    &subject_format_drift::RULE,
    &duplicate_legacy_credential::RULE,
    &missing_aud_condition::RULE,
    &default_audience::RULE,
    &wildcard_in_exact_operator::RULE,
    &subject_never_matches::RULE,
    &placeholder_left::RULE,
    &vacuous_operator::RULE,
    &unknown_claim_key::RULE,
    &deny_as_control::RULE,
    &principal_wildcard::RULE,
    &run_phase_wildcard::RULE,
    &ref_without_ref_type::RULE,
    &unprotected_ref::RULE,
    &vault_no_bound_audiences::RULE,
    &vault_audience_only::RULE,
    &user_claim::RULE,
    &vault_role_type_omitted::RULE,
    &comma_list_as_string::RULE,
    &type_mismatch::RULE,
    &json_pointer_key::RULE,
    &fic_missing_immutable_claim::RULE,
    &fic_unsupported::RULE,
    &fic_regex_metachar::RULE,
    &gcp_no_condition::RULE,
    &pool_binding::RULE,
    &google_subject_not_unique::RULE,
    &pool_mixed_providers::RULE,
    &shared_issuer_http::RULE,
    &issuer_mismatch::RULE,
    &old_policy_version::RULE,
    &foreign_repository::RULE,
    &any_service_account::RULE,
    &duplicate_key::RULE,
    &workflow_join::RULE,
];
