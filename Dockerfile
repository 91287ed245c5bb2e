# The image of Sayso itself, for compose.yaml. Those that apps run in are made by script/images.
ARG BASE=python:3.11.13-slim-bookworm
FROM ${BASE}

RUN mkdir -p /srv/sayso /data && chown 10001:10001 /srv/sayso /data
USER 10001:10001
ENV HOME=/tmp DATA_DIR=/data PYTHONUNBUFFERED=1
WORKDIR /srv/sayso
# What is installed depends on these alone: an edit of Sayso's own code installs nothing anew.
COPY --chown=10001:10001 requirements.txt requirements-dev.txt requirements-traces.txt ./
COPY --chown=10001:10001 script/setup script/setup
COPY --chown=10001:10001 preview_runtime/browser/package.json preview_runtime/browser/package-lock.json preview_runtime/browser/
RUN script/setup
COPY --chown=10001:10001 . .
# The pages are built now: the first start takes as long as every other.
RUN .venv/bin/python -m builder build

VOLUME /data
CMD [".venv/bin/python", "-m", "builder", "serve"]
