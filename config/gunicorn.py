"""Settings of gunicorn that hold everywhere; address and number of workers come from the command line.

Threads, not processes, because requests wait for the database: four threads share one small connection pool
(design: dependencies.md 2 and 5).
"""

from __future__ import annotations

worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 10
keepalive = 5
# A slow leak in a library must not need a person: workers are replaced, not all at once.
max_requests = 20_000
max_requests_jitter = 2_000
# No path of an organization in a log of ours: request lines are logged by the application with route names.
accesslog = None
errorlog = "-"
loglevel = "warning"
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# The address of the proxy in front is set by the deployment (FORWARDED_ALLOW_IPS), never trusted by default.
proc_name = "attestry"
