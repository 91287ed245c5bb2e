# Serves a folder of files on port 8080 with nginx. /tmp has to be writable.
ARG BASE=nginx:1.28.0-alpine-slim
FROM ${BASE}
ARG USER_ID=10001
COPY static/nginx.conf /opt/static/nginx.conf
RUN set -eu; \
    echo "app:x:${USER_ID}:${USER_ID}::/app:/bin/sh" >> /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app; chown "${USER_ID}:${USER_ID}" /app; \
    nginx -e stderr -t -q -c /opt/static/nginx.conf; rm -rf /tmp/nginx*
ENV HOME=/app
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
ENTRYPOINT []
CMD ["nginx", "-e", "stderr", "-c", "/opt/static/nginx.conf"]
