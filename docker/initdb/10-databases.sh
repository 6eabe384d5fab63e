#!/bin/sh
# Run once by the postgres image, on an empty volume: a database and a role each for Airflow and for the books.
# Passwords come by psql variables, which quote them; none stands in a log or on a command line of the host.
set -eu

make_database() {
    psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
        --set name="$1" --set password="$(cat "$2")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

make_database airflow /run/secrets/airflow_database_password
make_database liangxian /run/secrets/liangxian_database_password
