# The image of every process of Attestry; docker-compose.yml gives each its command, role passwords and keys.
# Python packages come from the lock file with hashes. No process runs as root, and nothing is writable but /data.
FROM python:3.11.14-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.txt

FROM python:3.11.14-slim-bookworm
RUN groupadd --gid 10001 attestry \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin attestry \
 && install -d -o attestry -g attestry -m 0700 /data /data/blobs /keys /signer
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY config ./config
COPY accounts ./accounts
COPY organizations ./organizations
COPY evidence ./evidence
COPY inventory ./inventory
COPY integrations ./integrations
COPY compliance ./compliance
COPY templates ./templates
COPY static ./static
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings ATTESTRY_MODE=production ATTESTRY_DATA=/data ATTESTRY_STATIC=/app/collected
# The key below signs nothing: it lives for this one command, which only copies files.
RUN ATTESTRY_PROCESS=beat ATTESTRY_SECRET_KEY=only-for-collecting-static-files-in-the-build \
    python manage.py collectstatic --noinput --verbosity 0
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "-c", "config/gunicorn.py", "--bind", "0.0.0.0:8000", "config.wsgi:application"]
