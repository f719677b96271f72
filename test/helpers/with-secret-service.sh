#!/usr/bin/env bash
# with-secret-service.sh COMMAND…: runs it with a session bus and an unlocked gnome-keyring of its own, in a temporary
# folder. Needs dbus-run-session, dbus-send and gnome-keyring-daemon; no terminal and no display. Exits as COMMAND does,
# or with 125 where the keyring does not come up.
set -euo pipefail

if [ "${1-}" != --inside ]; then
  folder=$(mktemp -d)
  trap 'rm -rf -- "$folder"' EXIT
  mkdir -m 700 "$folder"/{home,run}
  # No service that could be started by a request: neither a second keyring nor a window that asks to unlock it.
  cat > "$folder/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$folder/run/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
XML
  env -u DBUS_SESSION_BUS_ADDRESS -u DISPLAY -u WAYLAND_DISPLAY -u GNOME_KEYRING_CONTROL \
    HOME="$folder/home" XDG_DATA_HOME="$folder/home/data" XDG_RUNTIME_DIR="$folder/run" \
    dbus-run-session --config-file="$folder/bus.conf" -- bash "$0" --inside "$@"
  exit
fi
shift

# An empty password; the keyring is made, and unlocked, with it.
printf '\n' | gnome-keyring-daemon --foreground --unlock --components=secrets > "$XDG_RUNTIME_DIR/log" 2>&1 &
daemon=$!
trap 'kill "$daemon" 2> /dev/null || true; wait "$daemon" 2> /dev/null || true' EXIT
ask() { dbus-send --session --print-reply=literal --reply-timeout=2000 --dest=org.freedesktop.secrets "$@" 2> /dev/null; }
for _ in $(seq 200); do
  path=$(ask /org/freedesktop/secrets org.freedesktop.Secret.Service.ReadAlias string:default | tr -d ' ') || path=/
  if [ "${path:-/}" != / ] && ask "$path" org.freedesktop.DBus.Properties.Get \
    string:org.freedesktop.Secret.Collection string:Locked | grep -q 'boolean false'; then
    status=0
    "$@" || status=$?
    exit "$status"
  fi
  kill -0 "$daemon" 2> /dev/null || break
  sleep 0.05
done
echo 'The keyring did not come up:' >&2
cat "$XDG_RUNTIME_DIR/log" >&2
exit 125
