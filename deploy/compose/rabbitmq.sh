#!/bin/bash
# Entry point of the broker's container: gives each program a user of its own, then starts RabbitMQ as its image does.
# The users come from the file `permissions`, their passwords from RABBITMQ_PASSWORD_<USER>, in the environment or in the
# secret `broker_users`. They are written anew at every start, so a changed password takes effect with a restart.
set -euo pipefail
definitions=/var/lib/rabbitmq/definitions.json
[ ! -f /run/secrets/broker_users ] || . /run/secrets/broker_users

bytes() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }

# RabbitMQ's hash: the salt, and SHA-256 of salt and password. https://www.rabbitmq.com/docs/passwords
hash_password() {
  local salt sum
  salt="$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')"
  sum="$({ bytes "$salt"; printf %s "$1"; } | sha256sum | cut -d' ' -f1)"
  bytes "$salt$sum" | base64 -w0
}

users='' permissions=''
while read -r user tags configure write read; do
  case "$user" in '' | '#'*) continue ;; esac
  variable="RABBITMQ_PASSWORD_$(tr 'a-z-' 'A-Z_' <<<"$user")"
  password="${!variable-}"
  [ -n "$password" ] || { echo "$variable is not set: the password of the broker user $user" >&2; exit 1; }
  [ "$tags" = - ] && tags='' || tags="\"$tags\""
  users+=",{\"name\":\"$user\",\"password_hash\":\"$(hash_password "$password")\",\"hashing_algorithm\":\"rabbit_password_hashing_sha256\",\"tags\":[$tags]}"
  # In JSON a backslash is written twice.
  permissions+=",{\"user\":\"$user\",\"vhost\":\"/\",\"configure\":\"${configure//\\/\\\\}\",\"write\":\"${write//\\/\\\\}\",\"read\":\"${read//\\/\\\\}\"}"
done </etc/sluicegate/permissions

umask 077
printf '{"vhosts":[{"name":"/"}],"users":[%s],"permissions":[%s]}\n' "${users#,}" "${permissions#,}" >"$definitions"
chown rabbitmq: "$definitions"
umask 022
printf 'load_definitions = %s\n' "$definitions" >/etc/rabbitmq/conf.d/20-sluicegate.conf
# The node has them from the definitions.
for variable in "${!RABBITMQ_PASSWORD_@}"; do unset "$variable"; done
exec docker-entrypoint.sh "$@"
