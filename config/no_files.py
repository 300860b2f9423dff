"""No form of this installation takes a file, so none is written to disk, whoever sends it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    """Stops reading a request at its first file.

    Django's own handlers spool files of any size to a temporary folder before a view, or even the CSRF check, has seen
    the request; anybody could fill the disk from the sign-in page.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Django's hook at the head of each file."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never reached."""
        return None

    def file_complete(self, file_size: int) -> None:
        """Never reached."""
