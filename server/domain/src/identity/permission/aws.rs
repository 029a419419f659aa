//! AWS actions, `service:Action` as IAM writes them.

use super::{Entry, builds, deploys, plain, strong};

pub const ENTRIES: &[Entry] = &[
    strong("*", "Do anything in {}", "Do anything in the account"),
    deploys(strong(
        "ecs:UpdateService",
        "Replace the running ECS service {}",
        "Replace any running ECS service",
    )),
    deploys(strong(
        "ecs:RunTask",
        "Run a task of {}",
        "Run any ECS task",
    )),
    plain(
        "ecs:RegisterTaskDefinition",
        "Register a new version of the task {}",
        "Register new task versions",
    ),
    plain(
        "ecs:Describe*",
        "See the ECS service {}",
        "See ECS services",
    ),
    builds(plain(
        "ecr:PutImage",
        "Push images to {}",
        "Push images to any registry",
    )),
    plain(
        "ecr:InitiateLayerUpload",
        "Upload image layers to {}",
        "Upload image layers",
    ),
    plain(
        "ecr:UploadLayerPart",
        "Upload image layers to {}",
        "Upload image layers",
    ),
    plain(
        "ecr:CompleteLayerUpload",
        "Upload image layers to {}",
        "Upload image layers",
    ),
    plain(
        "ecr:BatchGetImage",
        "Pull images from {}",
        "Pull images from any registry",
    ),
    plain(
        "ecr:GetAuthorizationToken",
        "Sign in to the image registry {}",
        "Sign in to the image registry",
    ),
    plain(
        "s3:GetObject*",
        "Read files in {}",
        "Read files in any bucket",
    ),
    plain(
        "s3:ListBucket*",
        "List files in {}",
        "List files in any bucket",
    ),
    plain(
        "s3:PutObject*",
        "Write files to {}",
        "Write files to any bucket",
    ),
    strong(
        "s3:DeleteObject*",
        "Delete files in {}",
        "Delete files in any bucket",
    ),
    strong(
        "s3:PutBucketPolicy",
        "Change who may reach {}",
        "Change who may reach any bucket",
    ),
    strong("s3:*", "Do anything in {}", "Do anything in any bucket"),
    deploys(strong(
        "lambda:UpdateFunctionCode",
        "Replace the code of {}",
        "Replace the code of any function",
    )),
    strong(
        "lambda:UpdateFunctionConfiguration",
        "Change how {} runs",
        "Change how any function runs",
    ),
    plain(
        "lambda:InvokeFunction",
        "Run the function {}",
        "Run any function",
    ),
    deploys(strong(
        "cloudformation:UpdateStack",
        "Change the infrastructure of {}",
        "Change any infrastructure stack",
    )),
    deploys(strong(
        "cloudformation:ExecuteChangeSet",
        "Change the infrastructure of {}",
        "Change any infrastructure stack",
    )),
    strong(
        "cloudformation:CreateStack",
        "Create the infrastructure {}",
        "Create infrastructure",
    ),
    strong(
        "cloudformation:DeleteStack",
        "Delete the infrastructure {}",
        "Delete any infrastructure stack",
    ),
    deploys(strong(
        "eks:UpdateNodegroup*",
        "Change the nodes of {}",
        "Change the nodes of any cluster",
    )),
    plain(
        "eks:DescribeCluster",
        "Find the cluster {}",
        "Find any cluster",
    ),
    deploys(strong(
        "codedeploy:CreateDeployment",
        "Deploy {}",
        "Deploy any application",
    )),
    plain(
        "cloudfront:CreateInvalidation",
        "Refresh the cache of {}",
        "Refresh any cache",
    ),
    plain(
        "secretsmanager:GetSecretValue",
        "Read the secret {}",
        "Read any secret",
    ),
    strong(
        "secretsmanager:PutSecretValue",
        "Replace the secret {}",
        "Replace any secret",
    ),
    plain(
        "ssm:GetParameter*",
        "Read the setting {}",
        "Read any setting",
    ),
    strong(
        "ssm:PutParameter",
        "Change the setting {}",
        "Change any setting",
    ),
    strong(
        "ssm:SendCommand",
        "Run commands on {}",
        "Run commands on any machine",
    ),
    plain(
        "kms:Decrypt",
        "Decrypt with the key {}",
        "Decrypt with any key",
    ),
    plain("kms:Sign", "Sign with the key {}", "Sign with any key"),
    strong(
        "kms:ScheduleKeyDeletion",
        "Delete the key {}",
        "Delete any key",
    ),
    plain("iam:Get*", "See the permissions of {}", "See permissions"),
    plain("iam:List*", "List permissions of {}", "List permissions"),
    strong(
        "iam:PassRole",
        "Hand the role {} to a service",
        "Hand any role to a service",
    ),
    strong(
        "iam:CreateAccessKey",
        "Make access keys for {}",
        "Make access keys for anybody",
    ),
    strong(
        "iam:*",
        "Change the permissions of {}",
        "Change anybody’s permissions",
    ),
    plain(
        "sts:AssumeRole*",
        "Become the role {}",
        "Become any role that lets it",
    ),
    plain("sts:GetCallerIdentity", "Ask who it is", "Ask who it is"),
    strong(
        "rds:ModifyDBInstance",
        "Change the database {}",
        "Change any database",
    ),
    strong(
        "rds:DeleteDBInstance",
        "Delete the database {}",
        "Delete any database",
    ),
    plain(
        "rds:CreateDBSnapshot",
        "Take a snapshot of {}",
        "Take database snapshots",
    ),
    plain("dynamodb:GetItem", "Read the table {}", "Read any table"),
    plain("dynamodb:Query", "Read the table {}", "Read any table"),
    plain(
        "dynamodb:PutItem",
        "Write to the table {}",
        "Write to any table",
    ),
    strong(
        "dynamodb:DeleteTable",
        "Delete the table {}",
        "Delete any table",
    ),
    strong(
        "ec2:RunInstances",
        "Start machines from {}",
        "Start machines",
    ),
    strong(
        "ec2:TerminateInstances",
        "Destroy the machine {}",
        "Destroy any machine",
    ),
    plain("ec2:Describe*", "See {}", "See machines and networks"),
    strong(
        "route53:ChangeResourceRecordSets",
        "Change names in {}",
        "Change any name in DNS",
    ),
    plain("logs:CreateLog*", "Write logs to {}", "Write logs"),
    plain("logs:PutLogEvents", "Write logs to {}", "Write logs"),
    strong("logs:DeleteLog*", "Delete the log {}", "Delete any log"),
    plain(
        "sns:Publish",
        "Send messages to {}",
        "Send messages to any topic",
    ),
    plain(
        "sqs:SendMessage",
        "Send messages to {}",
        "Send messages to any queue",
    ),
    strong(
        "organizations:*",
        "Change the organisation {}",
        "Change the whole organisation",
    ),
    // AWS managed policies, by name: their documents come only when asked for.
    strong(
        "AdministratorAccess",
        "Do anything in {}",
        "Do anything in the account",
    ),
    strong(
        "PowerUserAccess",
        "Do anything but change permissions in {}",
        "Do anything in the account but change permissions",
    ),
    strong(
        "IAMFullAccess",
        "Change anybody’s permissions in {}",
        "Change anybody’s permissions",
    ),
    plain(
        "ReadOnlyAccess",
        "See everything in {}",
        "See everything in the account",
    ),
    plain(
        "ViewOnlyAccess",
        "See what there is in {}",
        "See what there is in the account",
    ),
    plain(
        "SecurityAudit",
        "See the security settings of {}",
        "See all security settings",
    ),
    strong(
        "AmazonS3FullAccess",
        "Do anything with the bucket {}",
        "Do anything with any bucket",
    ),
    plain(
        "AmazonS3ReadOnlyAccess",
        "Read files in {}",
        "Read files in any bucket",
    ),
    builds(plain(
        "AmazonEC2ContainerRegistryPowerUser",
        "Push images to {}",
        "Push images to any registry",
    )),
    plain(
        "AmazonEC2ContainerRegistryReadOnly",
        "Pull images from {}",
        "Pull images from any registry",
    ),
    deploys(strong(
        "AmazonECS_FullAccess",
        "Do anything with the ECS services of {}",
        "Do anything with any ECS service",
    )),
    deploys(strong(
        "AWSLambda_FullAccess",
        "Do anything with the functions of {}",
        "Do anything with any function",
    )),
    strong(
        "SecretsManagerReadWrite",
        "Read and change secrets in {}",
        "Read and change any secret",
    ),
    strong(
        "AmazonRDSFullAccess",
        "Do anything with the database {}",
        "Do anything with any database",
    ),
    strong(
        "AmazonEC2FullAccess",
        "Do anything with the machines of {}",
        "Do anything with any machine",
    ),
    plain(
        "CloudWatchLogsFullAccess",
        "Read, write and delete logs of {}",
        "Read, write and delete any log",
    ),
    plain(
        "AWSLambdaBasicExecutionRole",
        "Write its own logs to {}",
        "Write its own logs",
    ),
    plain(
        "AmazonECSTaskExecutionRolePolicy",
        "Pull images and write logs in {}",
        "Pull images and write logs",
    ),
];
