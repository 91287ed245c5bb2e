# Compiles and runs Java projects.
ARG BASE=eclipse-temurin:17.0.16_8-jdk-jammy
FROM ${BASE}
ARG USER_ID=10001
# Debian's package leaves the store of certificate authorities to its script, so it is made here.
# Every app is a user of its own, whose entry lies in a volume of its container: frameworks ask who they are.
RUN set -eu; \
    mkdir /etc/sayso; mv /etc/passwd /etc/sayso/; ln -s sayso/passwd /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app; chown "${USER_ID}:${USER_ID}" /app; \
    ldconfig; \
    maker=/usr/share/ca-certificates-java/ca-certificates-java.jar; \
    if [ -f "$maker" ] && [ ! -s /etc/ssl/certs/java/cacerts ]; then \
      for authority in /usr/share/ca-certificates/mozilla/*.crt; do echo "+$authority"; done \
        | java -jar "$maker" -storepass changeit > /dev/null; \
    fi; \
    java -Xshare:on -version
ENV HOME=/app
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
ENTRYPOINT []
CMD ["sleep", "infinity"]
