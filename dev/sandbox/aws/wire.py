"""Reads an AWS request as far as the stand-in needs it, and writes the answers that it makes itself."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_S3_SUB_RESOURCES = {
    "acl": "GetBucketAcl",
    "encryption": "GetBucketEncryption",
    "policyStatus": "GetBucketPolicyStatus",
    "policy": "GetBucketPolicy",
    "publicAccessBlock": "GetPublicAccessBlock",
    "versioning": "GetBucketVersioning",
    "location": "GetBucketLocation",
    "tagging": "GetBucketTagging",
    "lifecycle": "GetBucketLifecycleConfiguration",
}


@dataclass(frozen=True)
class Call:
    """One request: which key signed it, for which service and action, with which form fields."""

    key_id: str
    service: str
    action: str
    path: str
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An answer ready to be sent."""

    status: int
    body: bytes
    content_type: str = "text/xml"


def read_call(environ: dict[str, Any]) -> Call:
    """The call in a WSGI request; the body stays readable for the application behind."""
    body = _body(environ)
    path, query = environ.get("PATH_INFO", "/"), environ.get("QUERY_STRING", "")
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key_id, service = (found.group(1), found.group(3).lower()) if found else ("", "")
    if service == "s3":
        return Call(key_id, service, _s3_action(environ["REQUEST_METHOD"], path, query), _with(path, query))
    fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    fields |= {name: values[0] for name, values in parse_qs(query).items()}
    return Call(key_id, service, fields.get("Action", ""), _with(path, query), fields)


def _body(environ: dict[str, Any]) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _s3_action(method: str, path: str, query: str) -> str:
    names = parse_qs(query, keep_blank_values=True)
    if method != "GET":
        return f"{method.title()}Object" if path.count("/") > 1 and path.strip("/") else f"{method.title()}Bucket"
    for name, action in _S3_SUB_RESOURCES.items():
        if name in names:
            return action
    if path.strip("/") == "":
        return "ListBuckets"
    return "GetObject" if "/" in path.strip("/") else "ListObjects"


def query_result(action: str, namespace: str, result: str) -> Answer:
    """A successful answer of the query protocol; `result` is the inner XML."""
    text = (
        f'<{action}Response xmlns="{namespace}"><{action}Result>{result}</{action}Result>'
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{action}Response>"
    )
    return Answer(200, text.encode("utf-8"))


def refusal(call: Call, status: int, code: str, message: str) -> Answer:
    """An error answer in the shape of the service that was called."""
    request, code, message = str(uuid.uuid4()), escape(code), escape(message)
    if call.service == "s3":
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
            f"<RequestId>{request}</RequestId></Error>"
        )
        return Answer(status, text.encode("utf-8"), "application/xml")
    text = (
        f"<ErrorResponse><Error><Type>{'Receiver' if status >= 500 else 'Sender'}</Type><Code>{code}</Code>"
        f"<Message>{message}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
    )
    return Answer(status, text.encode("utf-8"))
