# The image of Sayso itself, for compose.yaml. Those that apps run in are made by script/images.
ARG BASE=python:3.11.13-slim-bookworm
FROM ${BASE}

WORKDIR /srv/sayso
# What is installed depends on these alone: an edit of Sayso's own code installs nothing anew.
COPY requirements.txt requirements-dev.txt ./
COPY script/setup script/setup
COPY preview_runtime/browser/package.json preview_runtime/browser/package-lock.json preview_runtime/browser/
RUN script/setup
COPY . .
# The pages are built now: the first start takes as long as every other.
RUN .venv/bin/python -m builder build \
 && mkdir -p /data \
 && chown -R 10001:10001 /data /srv/sayso

USER 10001:10001
ENV HOME=/tmp DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
CMD [".venv/bin/python", "-m", "builder", "serve"]
