"""What other rooms and the wiring may call. Reading is in `integrations.selectors`."""

from integrations.services.connect import connect_aws, disconnect, rotate_secret
from integrations.services.external_id import external_id
from integrations.services.finish import finish, finish_broken, finish_rejudging
from integrations.services.lease import hold_fence
from integrations.services.make_due import (
    ask_for_probe,
    clear_quarantine,
    end_leases,
    make_due,
    plan_rejudging,
    pull_now,
)
from integrations.services.probing import probe_connection
from integrations.services.read_stream import Pulled, read_stream

__all__ = [
    "Pulled", "ask_for_probe", "clear_quarantine", "connect_aws", "disconnect", "end_leases", "external_id", "finish", "finish_broken", "finish_rejudging", "hold_fence",
    "make_due", "plan_rejudging", "probe_connection", "pull_now", "read_stream", "rotate_secret",
]  # fmt: skip
