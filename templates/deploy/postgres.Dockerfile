# Runs the database of one project: PostgreSQL, with a cluster made in advance that a first start copies.
ARG BASE=postgres:17.6-bookworm
FROM ${BASE}
ARG USER_ID=10001
COPY postgres /opt/postgres
RUN set -eu; \
    echo "app:x:${USER_ID}:${USER_ID}::/app:/bin/sh" >> /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app /usr/local/bin /opt/postgres/cluster; chown "${USER_ID}:${USER_ID}" /app /opt/postgres/cluster; \
    ln -sf /usr/lib/postgresql/*/bin/* /usr/local/bin/; \
    ldconfig
ENV HOME=/app PGHOST=/tmp LANG=C.UTF-8
USER ${USER_ID}:${USER_ID}
# The account `app` gets its password at each start; the superuser is reached from inside the container only.
RUN set -eu; \
    initdb --pgdata=/opt/postgres/cluster --username=postgres --auth=reject --encoding=UTF8 --locale=C.UTF-8 \
      --data-checksums --wal-segsize=1 --no-sync > /dev/null; \
    printf '%s\n' \
      'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC' \
      'CREATE ROLE app LOGIN CONNECTION LIMIT 50' \
      'CREATE DATABASE app OWNER app TEMPLATE template0' \
      | postgres --single -c exit_on_error=on -D /opt/postgres/cluster postgres > /dev/null
WORKDIR /app
VOLUME /app
ENTRYPOINT []
CMD ["sh", "/opt/postgres/run.sh"]
