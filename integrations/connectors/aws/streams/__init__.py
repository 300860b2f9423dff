"""The AWS streams, in the order in which pages list them."""

from integrations.connectors.aws.streams.authorization_details import STREAM as AUTHORIZATION_DETAILS
from integrations.connectors.aws.streams.credential_report import STREAM as CREDENTIAL_REPORT
from integrations.connectors.aws.streams.iam_summary import STREAM as IAM_SUMMARY
from integrations.connectors.aws.streams.s3_buckets import STREAM as S3_BUCKETS

STREAMS = (IAM_SUMMARY, CREDENTIAL_REPORT, AUTHORIZATION_DETAILS, S3_BUCKETS)
