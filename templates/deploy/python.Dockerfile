# Runs Python projects: the interpreter, uv, and the common frameworks in a place that every project reads.
# `packages` in the build context holds what requirements.txt names, fetched by script/images.
ARG BASE=python:3.11.14-slim-bookworm
FROM ${BASE}
ARG USER_ID=10001
COPY packages /opt/frameworks/python
# The frameworks come last on the search path, so that what a project installs itself wins over them.
# Bytecode is written here: the root is read-only at run time, and compiling at each start costs 200 ms.
# Every app is a user of its own, whose entry lies in a volume of its container: frameworks ask who they are.
RUN set -eu; \
    mkdir /etc/sayso; mv /etc/passwd /etc/sayso/; ln -s sayso/passwd /etc/passwd; \
    echo "app:x:${USER_ID}:" >> /etc/group; \
    mkdir -p /app /usr/local/bin; chown "${USER_ID}:${USER_ID}" /app; \
    command -v python > /dev/null || ln -s "$(command -v python3)" /usr/local/bin/python; \
    for program in /opt/frameworks/python/bin/*; do \
      [ -e "/usr/local/bin/${program##*/}" ] || ln -s "$program" /usr/local/bin/; \
    done; \
    place="$(python -c 'import site; print(site.getsitepackages()[0])')"; \
    mkdir -p "$place"; echo /opt/frameworks/python > "$place/frameworks.pth"; \
    ldconfig; \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x 'lib2to3/tests|/test/' \
      "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" /opt/frameworks/python > /dev/null || true; \
    python -c 'import fastapi, uvicorn, flask, django, starlette, sqlmodel'
ENV PYTHONUNBUFFERED=1 HOME=/app UV_PYTHON_DOWNLOADS=never
# What waits with the frameworks loaded and starts the app.
COPY agent.py /opt/sayso/agent.py
USER ${USER_ID}:${USER_ID}
WORKDIR /app
VOLUME /app
CMD ["sleep", "infinity"]
