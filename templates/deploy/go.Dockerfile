# Builds and runs Go projects.
ARG BASE=golang:1.25.3-bookworm
FROM ${BASE}
ARG USER_ID=10001
RUN set -eu; \
    echo "app:x:${USER_ID}:${USER_ID}::/app:/bin/sh" >> /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app; chown "${USER_ID}:${USER_ID}" /app; \
    ldconfig; \
    go version
ENV HOME=/app GOPATH=/app/.go GOCACHE=/app/.cache/go GOTOOLCHAIN=local CGO_ENABLED=0
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
CMD ["sleep", "infinity"]
