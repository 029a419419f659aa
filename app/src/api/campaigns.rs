//! Campaigns: list, prepare, start, close, seal, cancel.

use contract::campaigns::{
    CampaignReport, CampaignRow, CampaignStart, CampaignView, ItemFilter, ItemList, PolicyForm,
    ScheduleForm, SilenceView, TaskBoard, TaskStep, TemplateRow,
};
use contract::ids::{CampaignId, TaskId};
use contract::messages::MessageRow;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// Campaigns, newest first.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "campaigns/list")]
pub async fn list_campaigns() -> Result<Vec<CampaignRow>, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::list(&op).await?)
}

/// One campaign with its progress.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "campaigns/view")]
pub async fn load_campaign(id: CampaignId) -> Result<CampaignView, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::view(&op, id).await?)
}

/// One page of a campaign's items in review order, with facets.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such campaign.
#[server(prefix = "/api/ui", endpoint = "campaigns/items", input = Json)]
pub async fn list_items(
    id: CampaignId,
    filter: ItemFilter,
    after: Option<String>,
) -> Result<ItemList, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::items(&op, id, &filter, after.as_deref()).await?)
}

/// What the form of a campaign begins with; `template` is empty for none.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not make campaigns, [`AppError::NotFound`] when there is no such template.
#[server(prefix = "/api/ui", endpoint = "campaigns/begin")]
pub async fn begin_campaign(template: String) -> Result<CampaignStart, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::begin(&op, &template).await?)
}

/// Makes a draft and shows its preview.
///
/// # Errors
/// [`AppError::Invalid`] with every wrong field, [`AppError::Forbidden`] when the viewer may not make campaigns.
#[server(prefix = "/api/ui", endpoint = "campaigns/create")]
pub async fn create_campaign(
    name: String,
    due_on: String,
    #[server(default)] notes: String,
    #[server(default)] only_due: Option<String>,
    #[server(default)] kind: Vec<String>,
    #[server(default)] environment: Vec<String>,
    #[server(default)] tier: Vec<String>,
    #[server(default)] privileged: Option<String>,
    #[server(default)] search: String,
    #[server(default)] policy: PolicyForm,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let filter = crate::pages::campaigns::population::narrowed(
        &search,
        &kind,
        &environment,
        &tier,
        privileged.is_some(),
    );
    let form = contract::campaigns::CampaignInput {
        name,
        notes,
        due_on,
        only_due: only_due.is_some(),
        filter,
        policy: contract::campaigns::CampaignPolicy::default(),
    };
    let id = service::campaigns::create_as_typed(&op, form, &policy).await?;
    leptos_axum::redirect(&crate::paths::campaign(id));
    Ok(())
}

/// Starts a draft: every item is frozen. `gaps` says why what the sources cannot see is accepted, where there is
/// anything.
///
/// # Errors
/// [`AppError::Conflict`] when it cannot start; [`AppError::Invalid`] when that reason is missing.
#[server(prefix = "/api/ui", endpoint = "campaigns/start")]
pub async fn start_campaign(
    id: CampaignId,
    #[server(default)] gaps: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::start_accepting(&op, id, &gaps).await?;
    leptos_axum::redirect(&crate::paths::campaign(id));
    Ok(())
}

/// Closes an active campaign.
///
/// # Errors
/// [`AppError::Conflict`] when it is not active.
#[server(prefix = "/api/ui", endpoint = "campaigns/close")]
pub async fn close_campaign(id: CampaignId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::close(&op, id).await?;
    leptos_axum::redirect(&crate::paths::campaign(id));
    Ok(())
}

/// Signs the present stage off; what its rule names goes on to the next.
///
/// # Errors
/// [`AppError::Conflict`] when it is not active or in its last stage.
#[server(prefix = "/api/ui", endpoint = "campaigns/advance")]
pub async fn advance_campaign(id: CampaignId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::advance(&op, id).await?;
    leptos_axum::redirect(&crate::paths::campaign(id));
    Ok(())
}

/// Templates of campaigns.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not run campaigns.
#[server(prefix = "/api/ui", endpoint = "campaigns/templates")]
pub async fn list_templates() -> Result<Vec<TemplateRow>, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::templates(&op).await?)
}

/// Saves a template; one of the same name is replaced.
///
/// # Errors
/// [`AppError::Invalid`] with every wrong field.
#[server(prefix = "/api/ui", endpoint = "campaigns/template")]
pub async fn save_template(
    name: String,
    #[server(default)] notes: String,
    #[server(default)] days: String,
    #[server(default)] only_due: Option<String>,
    #[server(default)] schedule: ScheduleForm,
    #[server(default)] kind: Vec<String>,
    #[server(default)] environment: Vec<String>,
    #[server(default)] tier: Vec<String>,
    #[server(default)] privileged: Option<String>,
    #[server(default)] search: String,
    #[server(default)] policy: PolicyForm,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let form = contract::campaigns::TemplateForm {
        name,
        notes,
        days,
        only_due: only_due.is_some(),
        schedule,
        filter: crate::pages::campaigns::population::narrowed(
            &search,
            &kind,
            &environment,
            &tier,
            privileged.is_some(),
        ),
        policy,
    };
    service::campaigns::save_template(&op, &form).await?;
    leptos_axum::redirect(&crate::paths::templates());
    Ok(())
}

/// Figures across campaigns.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not read evidence.
#[server(prefix = "/api/ui", endpoint = "campaigns/report")]
pub async fn load_report() -> Result<CampaignReport, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::report(&op).await?)
}

/// Whose suspension a campaign's silence would bring.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not run campaigns.
#[server(prefix = "/api/ui", endpoint = "campaigns/silence")]
pub async fn load_silence(id: CampaignId) -> Result<SilenceView, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::silence(&op, id).await?)
}

/// Lifts the cap of suspensions; somebody else suspends.
///
/// # Errors
/// [`AppError::Invalid`] beside the reason.
#[server(prefix = "/api/ui", endpoint = "campaigns/lift-cap")]
pub async fn lift_cap(id: CampaignId, #[server(default)] reason: String) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::lift_cap(&op, id, &reason).await?;
    leptos_axum::redirect(&crate::paths::campaign_tab(id, "silence"));
    Ok(())
}

/// Suspends what nobody answered about, where the policy says so.
///
/// # Errors
/// [`AppError::Invalid`] beside the number, [`AppError::Conflict`] above the cap.
#[server(prefix = "/api/ui", endpoint = "campaigns/suspend-silent")]
pub async fn suspend_silent(
    id: CampaignId,
    #[server(default)] count: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let typed = count.trim().parse().unwrap_or(-1);
    service::campaigns::suspend_silent(&op, id, typed).await?;
    leptos_axum::redirect(&crate::paths::campaign_tab(id, "silence"));
    Ok(())
}

/// Messages that speak of a campaign, oldest first.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not read evidence.
#[server(prefix = "/api/ui", endpoint = "campaigns/messages")]
pub async fn list_messages(id: CampaignId) -> Result<Vec<MessageRow>, AppError> {
    let op = crate::request::op()?;
    Ok(service::messages::of_campaign(&op, id).await?)
}

/// The remediation board of a campaign; with a task, what carries it out.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such campaign.
#[server(prefix = "/api/ui", endpoint = "campaigns/board", input = Json)]
pub async fn load_board(id: CampaignId, task: Option<TaskId>) -> Result<TaskBoard, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::board(&op, id, task).await?)
}

/// Takes a step with a task of the board.
///
/// # Errors
/// [`AppError::Invalid`] beside what is missing; [`AppError::Forbidden`] on somebody else's task.
#[server(prefix = "/api/ui", endpoint = "campaigns/step")]
pub async fn step_task(
    task: TaskId,
    step: TaskStep,
    #[server(default)] text: String,
    #[server(default)] to: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let to: Option<contract::ids::PersonId> = to.parse().ok();
    let input = contract::campaigns::TaskInput {
        task,
        step,
        text,
        to,
    };
    let (campaign, _) = service::campaigns::step(&op, &input).await?;
    leptos_axum::redirect(&crate::paths::campaign_task(campaign, task));
    Ok(())
}

/// Seals a closed campaign: the evidence is written. `confirm` must say "seal".
///
/// # Errors
/// [`AppError::Conflict`] when it is not closed; [`AppError::Invalid`] when it was not confirmed.
#[server(prefix = "/api/ui", endpoint = "campaigns/seal")]
pub async fn seal_campaign(id: CampaignId, confirm: String) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::evidence::seal_confirmed(&op, id, &confirm).await?;
    leptos_axum::redirect(&crate::paths::campaign_tab(id, "evidence"));
    Ok(())
}

/// Calls a draft or active campaign off.
///
/// # Errors
/// [`AppError::Conflict`] when it is closed; [`AppError::Invalid`] when a reason is missing.
#[server(prefix = "/api/ui", endpoint = "campaigns/cancel")]
pub async fn cancel_campaign(
    id: CampaignId,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::cancel(&op, id, &reason).await?;
    leptos_axum::redirect(&crate::paths::campaign(id));
    Ok(())
}
