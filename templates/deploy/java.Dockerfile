# Compiles and runs Java projects.
ARG BASE=eclipse-temurin:17.0.16_8-jdk-jammy
FROM ${BASE}
ARG USER_ID=10001
# Where the JDK comes from Debian, its own store of certificate authorities is made here.
RUN set -eu; \
    echo "app:x:${USER_ID}:${USER_ID}::/app:/bin/sh" >> /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app; chown "${USER_ID}:${USER_ID}" /app; \
    ldconfig; \
    java -version
ENV HOME=/app
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
ENTRYPOINT []
CMD ["sleep", "infinity"]
