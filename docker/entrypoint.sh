#!/bin/sh
# Runs the command it is given. Secrets come as files: X_FILE=/run/secrets/x becomes X for the command alone, so that no
# secret stands in the Compose file, in the image or in `docker inspect`. (Airflow's own take their _CMD variables.)
set -eu
umask "${LIANGXIAN_UMASK:-077}"

for name in LIANGXIAN_DATABASE_URL LIANGXIAN_FINDING_KEY; do
    eval "file=\${${name}_FILE:-}"
    if [ -n "$file" ]; then
        value="$(cat "$file")"
        export "$name=$value"
    fi
done

# Airflow's simple auth manager opens its password file for writing, and a secret is read-only: it gets a copy.
if [ -n "${AIRFLOW_PASSWORDS_FILE:-}" ]; then
    (umask 077; cp "$AIRFLOW_PASSWORDS_FILE" "$AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE")
fi

exec "$@"
