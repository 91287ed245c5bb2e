# Starts the server on the cluster in the project's volume; a first start copies the one the image has.
set -eu
cluster=/app/cluster
here=/opt/postgres
if [ ! -s "$cluster/PG_VERSION" ]; then
  rm -rf "$cluster" "$cluster.new"
  cp -a "$here/cluster" "$cluster.new"
  chmod 700 "$cluster.new"
  sync
  mv "$cluster.new" "$cluster"
fi
# A newer PostgreSQL does not read an older one's files. Ends without an error, so that it is not started again.
if ! cmp -s "$cluster/PG_VERSION" "$here/cluster/PG_VERSION"; then
  echo "The data are of PostgreSQL $(cat "$cluster/PG_VERSION"), the server is $(cat "$here/cluster/PG_VERSION")."
  exit 0
fi
rm -rf /app/incoming /tmp/full
cp "$here/pg_hba.conf" /tmp/pg_hba.conf

# A volume has no limit of its own. A database that passes SPACE (kilobytes) is closed to the app, and to the app alone,
# until it is smaller: nothing more is written, and what there is can still be taken along.
watch() {
  while sleep 1; do
    used="$(du -sk "$cluster" 2> /dev/null | cut -f 1)"
    if [ "${used:-0}" -gt "$SPACE" ]; then
      [ -e /tmp/full ] || echo "The database has passed its limit of $((SPACE / 1024)) MB: the app is kept out."
      : > /tmp/full
      grep -v '^host' "$here/pg_hba.conf" > /tmp/pg_hba.conf
    elif [ -e /tmp/full ]; then
      rm /tmp/full
      cp "$here/pg_hba.conf" /tmp/pg_hba.conf
    else
      continue
    fi
    pg_ctl reload -s -D "$cluster"
    [ ! -e /tmp/full ] || psql -qAtX -U postgres -d postgres > /dev/null \
      -c 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_addr IS NOT NULL' || true
  done
}
# In a process that is nobody's child here: the server would wonder about one it did not start.
(watch &)
exec postgres -D "$cluster" -c config_file="$here/postgresql.conf"
