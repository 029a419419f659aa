//! AWS calls of known kind, by service. `*` stands for anything; the first row that matches counts.

use contract::events::EventKind::{
    self, CredentialAssumption, CredentialChange, Deployment, DeploymentApproval, PermissionChange,
    PipelineRun, SecretAccess, TrustChange,
};

/// Service, kind, names of calls separated by spaces.
pub(super) const CALLS: &[(&str, EventKind, &str)] = &[
    (
        "sts",
        CredentialAssumption,
        "AssumeRole* AssumeRoot GetFederationToken GetSessionToken",
    ),
    ("rolesanywhere", CredentialAssumption, "CreateSession"),
    ("eks-auth", CredentialAssumption, "AssumeRoleForPodIdentity"),
    ("sso", CredentialAssumption, "GetRoleCredentials"),
    ("signin", CredentialAssumption, "SwitchRole"),
    (
        "cognito-identity",
        CredentialAssumption,
        "GetCredentialsForIdentity GetOpenIdToken*",
    ),
    (
        "secretsmanager",
        SecretAccess,
        "GetSecretValue BatchGetSecretValue",
    ),
    ("kms", SecretAccess, "Decrypt"),
    ("ec2", SecretAccess, "GetPasswordData"),
    (
        "iam",
        TrustChange,
        "UpdateAssumeRolePolicy CreateRole DeleteRole CreateOpenIDConnectProvider \
         DeleteOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint \
         AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider \
         CreateSAMLProvider UpdateSAMLProvider DeleteSAMLProvider",
    ),
    (
        "rolesanywhere",
        TrustChange,
        "Create* Update* Delete* Enable* Disable* ImportCrl PutAttributeMapping",
    ),
    (
        "iam",
        CredentialChange,
        "CreateAccessKey UpdateAccessKey DeleteAccessKey CreateLoginProfile UpdateLoginProfile \
         DeleteLoginProfile ChangePassword UploadSSHPublicKey UpdateSSHPublicKey \
         DeleteSSHPublicKey UploadSigningCertificate UpdateSigningCertificate \
         DeleteSigningCertificate UploadServerCertificate DeleteServerCertificate \
         CreateServiceSpecificCredential ResetServiceSpecificCredential \
         UpdateServiceSpecificCredential DeleteServiceSpecificCredential \
         CreateVirtualMFADevice EnableMFADevice DeactivateMFADevice DeleteVirtualMFADevice",
    ),
    (
        "secretsmanager",
        CredentialChange,
        "CreateSecret PutSecretValue UpdateSecret UpdateSecretVersionStage RotateSecret \
         CancelRotateSecret DeleteSecret RestoreSecret StartSecretVersionDelete \
         EndSecretVersionDelete SecretVersionDelete Rotation*",
    ),
    ("ssm", CredentialChange, "DeleteParameter*"),
    (
        "kms",
        CredentialChange,
        "CreateKey ReplicateKey ScheduleKeyDeletion CancelKeyDeletion DeleteKey DisableKey \
         EnableKey EnableKeyRotation DisableKeyRotation RotateKey* ImportKeyMaterial \
         DeleteImportedKeyMaterial",
    ),
    (
        "ec2",
        CredentialChange,
        "CreateKeyPair ImportKeyPair DeleteKeyPair",
    ),
    (
        "ec2-instance-connect",
        CredentialChange,
        "SendSSHPublicKey SendSerialConsoleSSHPublicKey",
    ),
    (
        "acm",
        CredentialChange,
        "RequestCertificate ImportCertificate RenewCertificate DeleteCertificate \
         ExportCertificate",
    ),
    ("sso", CredentialChange, "CreateToken"),
    (
        "iam",
        PermissionChange,
        "Attach*Policy Detach*Policy Put*Policy Delete*Policy CreatePolicy* DeletePolicy* \
         SetDefaultPolicyVersion Put*PermissionsBoundary Delete*PermissionsBoundary CreateUser \
         DeleteUser UpdateUser CreateGroup DeleteGroup AddUserToGroup RemoveUserFromGroup \
         DetachUserGroup CreateInstanceProfile DeleteInstanceProfile AddRoleToInstanceProfile \
         RemoveRoleFromInstanceProfile CreateServiceLinkedRole UpdateRole*",
    ),
    (
        "kms",
        PermissionChange,
        "PutKeyPolicy CreateGrant RevokeGrant RetireGrant",
    ),
    (
        "s3",
        PermissionChange,
        "PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutObjectAcl \
         PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock PutAccountPublicAccessBlock \
         DeleteAccountPublicAccessBlock",
    ),
    (
        "secretsmanager",
        PermissionChange,
        "PutResourcePolicy DeleteResourcePolicy",
    ),
    (
        "lambda",
        PermissionChange,
        "AddPermission RemovePermission AddLayerVersionPermission RemoveLayerVersionPermission",
    ),
    (
        "ecr",
        PermissionChange,
        "SetRepositoryPolicy DeleteRepositoryPolicy PutRegistryPolicy",
    ),
    (
        "ec2",
        PermissionChange,
        "ModifySnapshotAttribute ModifyImageAttribute AssociateIamInstanceProfile \
         ReplaceIamInstanceProfileAssociation",
    ),
    (
        "rds",
        PermissionChange,
        "ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute AddRoleToDB* \
         RemoveRoleFromDB*",
    ),
    (
        "organizations",
        PermissionChange,
        "AttachPolicy DetachPolicy CreatePolicy UpdatePolicy DeletePolicy",
    ),
    (
        "sso",
        PermissionChange,
        "CreateAccountAssignment DeleteAccountAssignment Put*ToPermissionSet \
         Attach*ToPermissionSet Detach*FromPermissionSet CreatePermissionSet \
         UpdatePermissionSet DeletePermissionSet",
    ),
    (
        "eks",
        PermissionChange,
        "CreateAccessEntry UpdateAccessEntry DeleteAccessEntry AssociateAccessPolicy \
         DisassociateAccessPolicy CreatePodIdentityAssociation UpdatePodIdentityAssociation \
         DeletePodIdentityAssociation",
    ),
    (
        "ecs",
        Deployment,
        "CreateService UpdateService UpdateServicePrimaryTaskSet CreateTaskSet \
         RegisterTaskDefinition RunTask",
    ),
    (
        "lambda",
        Deployment,
        "CreateFunction UpdateFunctionCode PublishVersion PublishLayerVersion CreateAlias \
         UpdateAlias",
    ),
    (
        "codedeploy",
        Deployment,
        "CreateDeployment StopDeployment ContinueDeployment",
    ),
    (
        "cloudformation",
        Deployment,
        "CreateStack UpdateStack ExecuteChangeSet DeleteStack RollbackStack \
         CreateStackInstances UpdateStackInstances",
    ),
    (
        "elasticbeanstalk",
        Deployment,
        "CreateApplicationVersion CreateEnvironment UpdateEnvironment SwapEnvironmentCNAMEs",
    ),
    (
        "apprunner",
        Deployment,
        "StartDeployment CreateService UpdateService",
    ),
    ("amplify", Deployment, "StartDeployment StartJob"),
    ("apigateway", Deployment, "CreateDeployment"),
    ("appconfig", Deployment, "StartDeployment StopDeployment"),
    ("autoscaling", Deployment, "StartInstanceRefresh"),
    ("ecr", Deployment, "PutImage"),
    (
        "eks",
        Deployment,
        "UpdateNodegroupVersion UpdateClusterVersion UpdateAddon",
    ),
    ("sagemaker", Deployment, "UpdateEndpoint CreateEndpoint"),
    ("codepipeline", DeploymentApproval, "PutApprovalResult"),
    (
        "codepipeline",
        PipelineRun,
        "StartPipelineExecution StopPipelineExecution RetryStageExecution",
    ),
    (
        "codebuild",
        PipelineRun,
        "StartBuild* StopBuild* RetryBuild*",
    ),
];
