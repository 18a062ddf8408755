#!/usr/bin/env bash
# A real Odoo 19 holding the sample company, on 127.0.0.1 only, from Debian packages alone.
#
#   odoo-lab.sh up       install when needed (5-10 min, 1.7 GB), create the database, start
#   odoo-lab.sh seed     up, then infra/sample/seed.py (idempotent)
#   odoo-lab.sh status | stop | reset (back to the unseeded database, seconds)
#
# Settings: ODOO_LAB_ROOT (where it lives), ODOO_LAB_HTTP_PORT, ODOO_LAB_PG_PORT, ODOO_LAB_MIRROR.
# Needs root (debootstrap, chroot). Uses ODOO_LAB_ROOT/chroot as it is when an Odoo is installed there already.
#
# The chroot is Debian trixie; odoo-19 alone is pinned from sid, because sid's Python 3.14 kills Odoo 19.0 at start.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath -m "${ODOO_LAB_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/groundwork-odoo}")
http_port=${ODOO_LAB_HTTP_PORT:-8070}
pg_port=${ODOO_LAB_PG_PORT:-55433}
database=sample
modules=contacts,crm,sale_management,purchase,stock,account,hr,hr_expense,purchase_stock,sale_stock,l10n_us
chroot_dir=$root/chroot
sockets=/srv/pgsock
conf=/srv/odoo/$database.conf
pid_file=/srv/odoo/$database.pid

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }

# run_in USER COMMAND...: in the chroot, with a clean environment (a host's TZ or PG* would leak in).
run_in() {
  local user=$1
  shift
  env -i PATH=/usr/lib/postgresql/17/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv/odoo LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC \
    DEBIAN_FRONTEND=noninteractive chroot --userspec="$user:$user" "$chroot_dir" "$@"
}
sql() { run_in postgres psql -h $sockets -p "$pg_port" -v ON_ERROR_STOP=1 -qAt "$@"; }

# logged NAME COMMAND...: output goes to logs/NAME.log, whose end is shown on failure.
logged() {
  local name=$1 log=$root/logs/$1.log
  shift
  say "$name ..."
  "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; say "$name failed; see $log"; exit 1; }
}

host_mirror() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1; }

install_packages() {
  local mirror=${ODOO_LAB_MIRROR:-$(host_mirror)}
  mirror=${mirror%/}
  if ! command -v debootstrap curl >/dev/null; then
    apt-get update
    apt-get install -y --no-install-recommends debootstrap curl
  fi
  debootstrap --variant=minbase trixie "$chroot_dir" "$mirror"
  printf '#!/bin/sh\nexit 101\n' >"$chroot_dir/usr/sbin/policy-rc.d" # no service starts during installation
  chmod 755 "$chroot_dir/usr/sbin/policy-rc.d"
  # A mirror frozen at a date serves sid with an expired Release file.
  printf '%s\n' 'Acquire::Check-Valid-Until "false";' 'Acquire::Check-Date "false";' 'APT::Install-Recommends "false";' \
    >"$chroot_dir/etc/apt/apt.conf.d/80lab"
  printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/doc/*' 'path-exclude=/usr/share/man/*' \
    'path-exclude=/usr/lib/python3/dist-packages/odoo/addons/*/i18n/*.po' >"$chroot_dir/etc/dpkg/dpkg.cfg.d/80lab"
  printf 'deb %s %s main\n' "$mirror" trixie "$mirror" sid >"$chroot_dir/etc/apt/sources.list"
  printf '%s\n' 'Package: *' 'Pin: release a=unstable' 'Pin-Priority: -10' '' \
    'Package: odoo-19' 'Pin: release a=unstable' 'Pin-Priority: 600' >"$chroot_dir/etc/apt/preferences.d/odoo"
  cp /etc/resolv.conf "$chroot_dir/etc/resolv.conf"
  run_in root apt-get update
  # Odoo walks the old zone names (tzdata-legacy); python3-phonenumbers is for modules that install themselves.
  run_in root apt-get install -y odoo-19 postgresql-17 tzdata-legacy python3-phonenumbers
  run_in root apt-get clean
}

create_cluster() {
  run_in root sh -c 'mkdir -p /srv/pg /srv/pgsock /srv/odoo/data
    chown postgres:postgres /srv/pg /srv/pgsock; chown -R odoo:odoo /srv/odoo; chmod 700 /srv/pg; chmod 755 /srv/pgsock'
  run_in postgres initdb -D /srv/pg -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256
  printf '%s\n' "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$sockets'" 'fsync = off' 'synchronous_commit = off' \
    'full_page_writes = off' 'jit = off' 'shared_buffers = 256MB' 'max_connections = 80' >>"$chroot_dir/srv/pg/postgresql.conf"
}

mount_filesystems() {
  mountpoint -q "$chroot_dir/proc" || mount -t proc proc "$chroot_dir/proc"
  mkdir -p "$chroot_dir/dev/shm"
  mountpoint -q "$chroot_dir/dev/shm" || mount -t tmpfs -o mode=1777,size=1g tmpfs "$chroot_dir/dev/shm"
}

start_postgres() {
  if run_in postgres pg_ctl -D /srv/pg status >/dev/null 2>&1; then
    pg_port=$(sed -n 4p "$chroot_dir/srv/pg/postmaster.pid") # it may have been started with another port
    return
  fi
  rm -f "$chroot_dir/srv/pg/postmaster.pid"
  run_in postgres pg_ctl -D /srv/pg -o "-p $pg_port" -l /srv/pg/server.log -w start >/dev/null
}

write_conf() {
  printf '%s\n' '[options]' "db_host = $sockets" "db_port = $pg_port" 'db_user = odoo' "db_name = $database" "dbfilter = ^$database\$" \
    'data_dir = /srv/odoo/data' 'list_db = False' 'http_interface = 127.0.0.1' "http_port = $http_port" 'workers = 0' \
    'max_cron_threads = 0' 'limit_time_real = 1200' 'limit_time_cpu = 1200' 'limit_memory_soft = 0' >"$chroot_dir$conf"
}

exists() { [ "$(sql -d postgres -c "select count(*) from pg_database where datname = '$1'")" = 1 ]; }

# The unseeded database is kept as a template, so that reset costs seconds.
create_database() {
  run_in postgres dropdb --if-exists -h $sockets -p "$pg_port" "$database"
  run_in odoo odoo server -c $conf -i "$modules" --without-demo=True --no-http --stop-after-init
  run_in postgres createdb -h $sockets -p "$pg_port" -O odoo -T "$database" "${database}_unseeded"
}

ensure_installed() {
  [ "$(id -u)" = 0 ] || { say 'odoo-lab.sh needs root (debootstrap, chroot)'; exit 1; }
  mkdir -p "$root/logs"
  [ -x "$chroot_dir/usr/bin/odoo" ] || logged install install_packages
  mount_filesystems
  [ -e "$chroot_dir/srv/pg/PG_VERSION" ] || logged cluster create_cluster
  start_postgres
  sql -d postgres -c "do \$\$ begin if not exists (select from pg_roles where rolname = 'odoo') then create role odoo login createdb; end if; end \$\$"
  write_conf
  exists "${database}_unseeded" || logged database create_database
}

odoo_pid() {
  local pid
  pid=$(cat "$chroot_dir$pid_file" 2>/dev/null) || return 1
  [ "$(readlink "/proc/$pid/root")" = "$chroot_dir" ] && echo "$pid"
}

start_odoo() {
  odoo_pid >/dev/null && return
  say 'starting Odoo ...'
  rm -f "$chroot_dir$pid_file"
  setsid env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv/odoo LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC chroot --userspec=odoo:odoo "$chroot_dir" \
    odoo server -c $conf --pidfile=$pid_file >>"$root/logs/$database-server.log" 2>&1 </dev/null &
  for _ in $(seq 240); do
    curl -sf -m 30 -o /dev/null "http://127.0.0.1:$http_port/web/health" && return
    sleep 0.5
  done
  tail -n 30 "$root/logs/$database-server.log" >&2
  say "Odoo did not answer on port $http_port within two minutes"
  exit 1
}

stop_odoo() {
  local pid
  pid=$(odoo_pid) || return 0
  kill "$pid"
  for _ in $(seq 80); do
    [ -d "/proc/$pid" ] || return 0
    sleep 0.25
  done
  kill -9 "$pid"
}

# Another lab may share the chroot: PostgreSQL and the mounts go only when nobody else is connected.
stop_postgres() {
  run_in postgres pg_ctl -D /srv/pg status >/dev/null 2>&1 || return 0
  start_postgres # learns the port
  [ "$(sql -d postgres -c "select count(*) from pg_stat_activity where datname not in ('postgres', '$database')")" = 0 ] ||
    { say 'PostgreSQL left running: another database is in use'; return 0; }
  run_in postgres pg_ctl -D /srv/pg -m fast -w stop >/dev/null
  for mount in dev/shm proc; do umount "$chroot_dir/$mount" 2>/dev/null || true; done
}

seed() {
  # The seed's assertions make odoo shell exit with an error only when it reads the script from a file.
  cp "$here/../sample/seed.py" "$chroot_dir/srv/odoo/seed.py"
  run_in odoo sh -c "odoo shell -c $conf --no-http --log-level=warn --shell-interface=python </srv/odoo/seed.py"
  grep -q '^seed: ' "$root/logs/seed.log"
}

reset_database() {
  run_in postgres dropdb --if-exists --force -h $sockets -p "$pg_port" "$database"
  run_in postgres createdb -h $sockets -p "$pg_port" -O odoo -T "${database}_unseeded" "$database"
}

status() {
  printf '%-9s %s\n' url "http://127.0.0.1:$http_port" database "$database" odoo "$(odoo_pid || echo 'not running')" \
    keys 'sha1("groundwork-sample:" + login), for the lab only' logs "$root/logs"
}

case ${1:-} in
  up) ensure_installed && start_odoo && status ;;
  seed)
    ensure_installed
    logged seed seed
    tail -n 1 "$root/logs/seed.log"
    stop_odoo # a running server would keep what it had cached
    start_odoo
    status
    ;;
  status) status ;;
  stop) stop_odoo && stop_postgres ;;
  reset)
    ensure_installed
    stop_odoo
    logged reset reset_database
    start_odoo
    status
    ;;
  *) sed -n '2,12p' "${BASH_SOURCE[0]}" && exit 2 ;;
esac
