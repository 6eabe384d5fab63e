#!/bin/sh
# Makes the secrets that compose.yaml names, as files that only their owner may read. One that is there stays as it is:
# above all the finding key, which is never made again (docs/decisions/0004).
set -eu
umask 077
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }

keep postgres_password "$(random 24)"
keep airflow_database_password "$(random 24)"
keep liangxian_database_password "$(random 24)"
keep airflow_database_url "postgresql+psycopg2://airflow:$(cat "$folder/airflow_database_password")@postgres:5432/airflow"
keep liangxian_database_url "postgresql://liangxian:$(cat "$folder/liangxian_database_password")@postgres:5432/liangxian"
keep airflow_fernet_key "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n')"
keep airflow_jwt_secret "$(random 64)"
keep airflow_api_secret "$(random 32)"
keep airflow_passwords.json "{\"admin\": \"$(random 12)\"}"
keep liangxian_finding_key "$(random 32)"
# The containers' user is no user of this host: the files are theirs to read, the folder only yours to enter.
chmod 644 "$folder"/*
echo "secrets are in $folder; the password of admin stands in airflow_passwords.json"
