# Runs Node projects: Node, npm, bun, and the common frameworks in a place that every project reads.
# `packages` in the build context holds what package-lock.json names, fetched by script/images.
ARG BASE=node:24.19.0-bookworm-slim
FROM ${BASE}
ARG USER_ID=10001
COPY packages /opt/frameworks/node
# A folder at the root is the last place that both `import` and `require` look, so a project's own packages win.
# Every app is a user of its own, whose entry lies in a volume of its container: frameworks ask who they are.
RUN set -eu; \
    mkdir /etc/sayso; mv /etc/passwd /etc/sayso/; ln -s sayso/passwd /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app; chown "${USER_ID}:${USER_ID}" /app; \
    ln -s /opt/frameworks/node/node_modules /node_modules; \
    ln -s /opt/frameworks/node/node_modules/@oven/bun-linux-*/bin/bun /usr/local/bin/bun; \
    ln -s bun /usr/local/bin/bunx; \
    ldconfig; \
    cd /app; node -e 'for (const name of ["express", "fastify", "hono", "@hono/node-server", "ws"]) require(name)'; \
    bun --version
ENV HOME=/app NODE_ENV=development DO_NOT_TRACK=1
# What waits with the frameworks loaded and starts the app.
COPY agent.cjs /opt/sayso/agent.cjs
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
CMD ["sleep", "infinity"]
