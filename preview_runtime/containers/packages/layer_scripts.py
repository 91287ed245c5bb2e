"""The shell scripts that run in containers to install a layer, to publish it, and to maintain the volume of layers.

`INSTALL_…` run as the app's user in a container that unpacks strangers' packages, without running their code. `run_trusted` runs all others as root,
without a network, after that container is gone; they follow no link that an install left.

The volume has a folder per layer, with an unguessable name, in a folder that only root can list. A layer belongs to
root. During its installation its folder is named `.work-…`; publishing is one rename.
"""

from __future__ import annotations

from typing import Final

from preview_runtime.containers.packages.image_contents import CONSTRAINTS, PINS
from preview_runtime.plans.runtimes import Runtime

BUILD: Final = ".build"  # in a layer that is being installed: inputs, caches, temporary files
WORK: Final = ".work-"
RECORD: Final = ".record"
SITE: Final = "python"  # in a layer: PYTHONUSERBASE

# Of the resolved packages, those in the image are preferred and left out if their versions fit: so the layer is small,
# and modules already loaded in a container stay useful. `--no-config`: a project's uv.toml could name another index.
# `--no-build`: to build a source distribution is to run its author's code.
_PYTHON: Final = f"""set -eu
cd "$LAYER/{BUILD}"
export UV_CACHE_DIR="$PWD/cache" UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 NO_COLOR=1
site="$(PYTHONUSERBASE="$LAYER/{SITE}" python -c 'import site; print(site.getusersitepackages())')"
mkdir -p "$site"
python=$(command -v python)
if [ -f uv.lock ]; then
  uv export --quiet --frozen --no-dev --no-emit-project --no-hashes --no-header --no-annotate -o resolved.txt
elif [ -f pyproject.toml ]; then
  uv pip compile --quiet --no-build --no-header --no-annotate --python "$python" -o resolved.txt pyproject.toml
elif grep -qE '^-|--hash' requirements.txt; then
  uv pip install --no-build --no-break-system-packages --compile-bytecode --python "$python" --target "$site" -r requirements.txt
  ls "$site" | sed -n 's/-[^-]*\\.dist-info$//p' > ../.names
  exit 0
else
  cp {PINS} resolved.txt
  touch {CONSTRAINTS}
  uv pip compile --quiet --no-build --no-header --no-annotate --python "$python" -c {CONSTRAINTS} -o resolved.txt requirements.txt
fi
grep -vxFf {PINS} resolved.txt > missing.txt || true
if [ -s missing.txt ]; then
  uv pip install --no-build --no-deps --compile-bytecode --python "$python" --target "$site" -r missing.txt
fi
sed -n 's/[ =;@].*//p' missing.txt > ../.names
"""
_NODE: Final = f"""set -eu
cd "$LAYER/{BUILD}"
export BUN_INSTALL_CACHE_DIR="$PWD/cache" NO_COLOR=1
bun install --ignore-scripts --no-progress --linker=hoisted
[ -d node_modules ] || mkdir node_modules
ls -A node_modules > ../.names
mv node_modules ..
"""
INSTALL: Final = {Runtime.PYTHON: _PYTHON, Runtime.NODE: _NODE}

# $1 the folder of the installation, $2 its final name.
PUBLISH: Final = f"""set -eu
cd /layers
if [ -e "$2" ]; then
  rm -rf -- "$1"
else
  rm -rf -- "$1/{BUILD}"
  find -P "$1" ! -type f ! -type d ! -type l -delete
  chown -hR 0:0 "$1"
  chmod -R u=rwX,go=rX,a-st "$1"
  size=$(du -s -B 1 "$1" | cut -f 1)
  rm -rf -- "$1/{RECORD}"
  echo "$size" > "$1.record"
  # Not through a link: it could lead to what only root may read.
  if [ -f "$1/.names" ] && [ ! -L "$1/.names" ]; then head -c 400000 "$1/.names" | sed 's/^/ /' >> "$1.record"; fi
  mv "$1.record" "$1/{RECORD}"
  rm -rf -- "$1/.names"
  mv -T -- "$1" "$2"
fi
stat -c 'layer %n %Y' "$2"
cat "$2/{RECORD}"
"""

# Prepares the volume, and reports its content. $1: minutes after which an install is certainly dead.
INVENTORY: Final = f"""set -eu
cd /layers
chown 0:0 .
chmod 0711 .
if [ ! -s .secret ]; then
  umask 077
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' > ".secret-$$"
  ln ".secret-$$" .secret 2>/dev/null || true
  rm -f ".secret-$$"
  umask 022
fi
find . -mindepth 1 -maxdepth 1 \\( -name '{WORK}*' -o -name '.gone-*' \\) -mmin "+$1" -exec rm -rf -- {{}} +
cat .secret
echo
for layer in *; do
  [ -f "$layer/{RECORD}" ] || continue
  stat -c 'layer %n %Y' "$layer"
  cat "$layer/{RECORD}"
  echo
done
"""

# Each argument is NAME (remove it) or NAME=SECONDS (it was used then, seconds since 1970).
PRUNE: Final = """set -eu
cd /layers
for each in "$@"; do
  name="${each%%=*}"
  [ -d "$name" ] || continue
  if [ "$name" = "$each" ]; then mv -T -- "$name" ".gone-$name"; else touch -d "@${each#*=}" "$name"; fi
done
rm -rf -- .gone-*
"""

# $1: the folder of a failed install.
DISCARD: Final = 'cd /layers && rm -rf -- "$1"'
