#!/bin/sh
# Runs the command it is given. Our secrets and Airflow's are read by the programs from the files that the environment
# names (…_FILE, …_CMD): none stands in the Compose file, in the image or in `docker inspect`.
set -eu
umask "${LIANGXIAN_UMASK:-077}"

# Airflow's simple auth manager opens its password file for writing, and a secret is read-only: it gets a copy.
if [ -n "${AIRFLOW_PASSWORDS_FILE:-}" ]; then
    (umask 077; cp "$AIRFLOW_PASSWORDS_FILE" "$AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE")
fi

exec "$@"
