# Builds and runs Go projects.
ARG BASE=golang:1.25.3-bookworm
FROM ${BASE}
ARG USER_ID=10001
ENV GOPATH=/app/.go GOCACHE=/app/.cache/go GOTOOLCHAIN=local CGO_ENABLED=0
# The standard library is compiled here: a first build takes 0.5 s in place of 7 s.
# Every app is a user of its own, whose entry lies in a volume of its container: frameworks ask who they are.
RUN set -eu; \
    mkdir /etc/sayso; mv /etc/passwd /etc/sayso/; ln -s sayso/passwd /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app; chown "${USER_ID}:${USER_ID}" /app; \
    ldconfig; \
    GOCACHE=/tmp/go GODEBUG=installgoroot=all go install std; rm -rf /tmp/go
ENV HOME=/app
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
CMD ["sleep", "infinity"]
