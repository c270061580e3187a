#!/bin/sh
# Makes the roles and the database of docs/operating/access.md, once, on a new PostgreSQL: `xinjian_migrate` owns the
# schema, `xinjian_serve` serves, `xinjian_read` reads. The passwords are those of the files in /run/secrets.
# Run by the image of PostgreSQL at its first start; by hand: PGHOST=… PGUSER=postgres SECRETS=folder sh init.sh
set -eu
secrets=${SECRETS:-/run/secrets}
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-${PGUSER:-postgres}}" --dbname postgres \
  --set=migrate="$(cat "$secrets/migrate_password")" \
  --set=serve="$(cat "$secrets/serve_password")" \
  --set=read="$(cat "$secrets/read_password")" <<'SQL'
CREATE ROLE xinjian_migrate LOGIN PASSWORD :'migrate' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE xinjian_serve LOGIN PASSWORD :'serve' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE xinjian_read LOGIN PASSWORD :'read' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE xinjian OWNER xinjian_migrate TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8' LC_COLLATE 'C.UTF-8';
REVOKE CONNECT ON DATABASE xinjian FROM PUBLIC;
GRANT CONNECT ON DATABASE xinjian TO xinjian_serve, xinjian_read;
SQL
