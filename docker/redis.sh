#!/bin/sh
# Starts Redis with a password that is made on the first start and never leaves the volumes: it is
# in no argument, no environment and no image.
set -eu
secrets=/secrets
if [ ! -s "$secrets/redis-password" ]; then
  head -c 24 /dev/urandom | base64 | tr '+/' '-_' > "$secrets/redis-password"
fi
password=$(cat "$secrets/redis-password")
printf 'redis://:%s@redis:6379/0\n' "$password" > "$secrets/redis-url"
umask 077
printf 'requirepass %s\nappendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n' \
  "$password" > /tmp/redis.conf
chown redis /tmp/redis.conf
# The image's own entry point gives /data to the user redis and goes on as that user.
exec docker-entrypoint.sh redis-server /tmp/redis.conf --dir /data
