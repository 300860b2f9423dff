"""Takes the bytes below the SDK: status, allow-listed headers and body after content-decoding.

Hooked in as botocore's ``before-send`` handler, so every request of every client passes here and nothing else sends.
It refuses hosts that are not AWS's (or the stand-in's), bounds the answer, checks its length, and hands the answer to
the recorder before the SDK parses anything. Request headers, and with them credentials, are never recorded.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3.exceptions
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from integrations.connectors.aws.answers import error_code, refuse_hostile
from integrations.connectors.aws.refusals import THROTTLING
from integrations.connectors.contract import Answer, Recorder
from integrations.errors import Garbage, Throttled, Unreachable

KEPT_HEADERS = frozenset({
    "content-type", "content-length", "date", "etag", "link", "retry-after", "x-amz-request-id", "x-amzn-requestid", "x-amz-id-2",
    "x-amz-bucket-region",
})  # fmt: skip
SECRET_PARAMETERS = frozenset(
    {"ExternalId", "Policy", "RoleArn", "WebIdentityToken", "SAMLAssertion", "TokenCode", "SerialNumber"}
)
NEVER_RECORDED = frozenset({"sts.AssumeRole"})
LARGEST_ANSWER = 10 * 1024 * 1024
TIMEOUT_SECONDS = (5, 15)
_CHUNK = 64 * 1024


class _Body(io.BytesIO):
    """A body that was read already, in the shape that botocore reads from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(_CHUNK):
            yield chunk


class RecordingTransport:
    """Sends requests for one session. ``sent`` counts them; ``last`` is the newest answer of the current call."""

    def __init__(self, *, endpoint: str, record: Recorder) -> None:
        self._endpoint = urlsplit(endpoint) if endpoint else None
        self._record = record
        proxies = {} if endpoint else get_environ_proxies("https://sts.amazonaws.com")
        self._http = URLLib3Session(timeout=TIMEOUT_SECONDS, proxies=proxies)
        self._call, self._part = 0, ""
        self._parameters: Mapping[str, Any] = {}
        self.sent = 0
        self.last: Answer | None = None
        self.retry_after: float | None = None

    def begin(self, *, call: int, part: str, parameters: Mapping[str, Any]) -> None:
        """A new call starts: its answers carry this number, part and parameters (secrets left out)."""
        self._call, self._part = call, part
        self._parameters = {name: value for name, value in parameters.items() if name not in SECRET_PARAMETERS}
        self.last, self.retry_after = None, None

    def handle(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        """botocore's handler: what it returns is taken instead of botocore's own sending."""
        service, operation = event_name.split(".")[1:3]
        self._check_host(request.url)
        self.sent += 1
        request.stream_output = True
        response = self._http.send(request)
        body = self._read(request, response)
        name = f"{service}.{operation}"
        target = urlsplit(request.url)
        answer = Answer(
            call=self._call,
            part=self._part,
            operation=name,
            status=response.status_code,
            headers={k.lower(): v for k, v in response.headers.items() if k.lower() in KEPT_HEADERS},
            body=body,
            request={
                "operation": name,
                "method": request.method,
                "host": target.netloc,
                "path": target.path,
                "query": target.query,
                "parameters": self._parameters,
                "part": self._part,
                "call": self._call,
            },
        )
        self.last = answer
        if name not in NEVER_RECORDED:
            self._record(answer)
        if body:
            refuse_hostile(body)
        self._stop_when_told_to_wait(answer)
        return AWSResponse(response.url, response.status_code, response.headers, _Body(body))

    def _stop_when_told_to_wait(self, answer: Answer) -> None:
        """A throttled answer that names a time ends the call here: the due row waits, not the worker."""
        told = answer.headers.get("retry-after", "")
        if not told.isascii() or not told.isdigit():
            return
        if answer.status in (429, 503) or error_code(answer) in THROTTLING:
            self.retry_after = float(min(int(told), 24 * 3600))
            raise Throttled("AWS asks to slow down.", retry_after=self.retry_after)

    def _check_host(self, url: str) -> None:
        target = urlsplit(url)
        host = (target.hostname or "").lower()
        if self._endpoint is not None:
            if (target.scheme, host, target.port) == (
                self._endpoint.scheme,
                self._endpoint.hostname,
                self._endpoint.port,
            ):
                return
        elif (
            target.scheme == "https"
            and host.endswith(".amazonaws.com")
            and target.port in (None, 443)
            and target.username is None
        ):
            return
        raise Unreachable(
            "The request was for a host that is not AWS's.", what_to_do="Check the region of the connection."
        )

    def _read(self, request: AWSPreparedRequest, response: AWSResponse) -> bytes:
        """The whole entity body, content-decoded. Raises ConnectionClosedError when it is shorter than announced."""
        raw = bytearray()
        try:
            for chunk in response.raw.stream(_CHUNK, decode_content=False):
                raw += chunk
                if len(raw) > LARGEST_ANSWER:
                    raise _too_large()
        except urllib3.exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionClosedError(error=error, request=request, endpoint_url=request.url) from error
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) != len(raw) and request.method != "HEAD":
            raise ConnectionClosedError(error="truncated", request=request, endpoint_url=request.url)
        return _decoded(bytes(raw), response.headers.get("content-encoding", ""))


def _decoded(raw: bytes, encoding: str) -> bytes:
    if encoding.strip().lower() in ("", "identity"):
        return raw
    if encoding.strip().lower() != "gzip":
        raise Garbage(
            "AWS answered in an encoding that was not asked for.",
            what_to_do="Check any proxy between Attestry and AWS.",
        )
    inflate = zlib.decompressobj(wbits=31)
    try:
        body = inflate.decompress(raw, LARGEST_ANSWER)
    except zlib.error:
        raise Garbage(
            "AWS's answer cannot be decompressed.", what_to_do="Pull again; check any proxy between Attestry and AWS."
        ) from None
    if inflate.unconsumed_tail:
        raise _too_large()
    return body


def _too_large() -> Garbage:
    return Garbage(
        "AWS's answer is larger than 10 MiB.",
        what_to_do="Report this to whoever runs Attestry: the page size is too large.",
    )
