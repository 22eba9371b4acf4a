#!/usr/bin/env bash
# Installs the agent as a person would, on a bare Debian without an init: agent/install/chroot.test.sh
# As root, with debootstrap, curl and what `npm run build` makes; with the executable, if that has been built.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ "$(id -u)" = 0 ] || { echo 'FAILED: this needs root, for chroot and mount.'; exit 1; }

# Not in /tmp, which may be small, or mounted so that nothing in it runs.
work=$(mktemp -d -p /var/tmp)
root=$work/root
export TOKEN=a-token-for-the-test-of-the-installation
port=$((20000 + RANDOM % 20000))
hub=http://127.0.0.1:$port
hub_pid='' agent_pid=''

cleanup() {
  for pid in $agent_pid $hub_pid; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
  rm -rf "$work"
}
trap cleanup EXIT

say() { echo "-- $*"; }
fail() {
  echo "FAILED: $*"
  tail -n 20 "$work"/*.log 2>/dev/null
  exit 1
}
# Until the command succeeds, a minute at most: a busy machine is slow.
await() {
  for _ in $(seq 120); do
    "$@" && return
    sleep 0.5
  done
  fail "waited in vain for: $*"
}

start_hub() {
  PORT=$port STACKSENSE_HOST=127.0.0.1 STACKSENSE_DATA_DIR=$work/data STACKSENSE_LOCAL_AGENT=false \
    STACKSENSE_BOOTSTRAP_TOKEN=$TOKEN node server/dist/main.js >>"$work/hub.log" 2>&1 &
  hub_pid=$!
  await curl -fso /dev/null "$hub/healthz"
}
ask() {
  curl -fsS "$hub/graphql" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d "{\"query\":\"$1\"}"
}
inside() { chroot "$root" /bin/sh -c "$1"; }
install_agent() { inside "curl -fsSL $hub/install.sh | sh -s -- $*" 2>&1 | tee -a "$work/install.log"; }
# The files of the installed system, and who may sign in; copies that useradd keeps of its own files do not count.
state() {
  find "$root" -xdev \( -path "$root/proc" -o -path "$root/tmp" -o -path "$root/dev" \) -prune -o -print | grep -v -- '/etc/[a-z]*-$' | sort
  cat "$root"/etc/{passwd,group,shadow,gshadow}
}
last_heartbeat() { ask '{ server(id: 1) { heartbeat { lastHeartbeatAt } } }'; }
newer_than() { [ "$(last_heartbeat)" != "$1" ]; }
said_goodbye() { ask '{ server(id: 1) { heartbeat { farewell { reason } } } }' | grep -q STOPPED; }

say 'a bare Debian, and a hub'
# The mirror that apt uses here; where apt knows none, debootstrap's own.
# shellcheck disable=SC2016 # apt's own variables
mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' | awk '/^Debian http/ && !seen++ { print $2 }') || mirror=''
debootstrap --variant=minbase --include=curl,ca-certificates bookworm "$root" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 || fail 'debootstrap'
mount -t proc proc "$root/proc" || fail 'mount is not allowed here: in a container it takes the capability SYS_ADMIN'
chmod 755 "$work"
install -m 755 "$(node -p process.execPath)" "$root/usr/local/bin/node"
start_hub
before=$(state)
agent_token=$(ask 'mutation { createServer(input: { name: \"chroot\" }) { agentToken } }' | sed 's/.*"agentToken":"\([^"]*\)".*/\1/')

say 'a wrong token is named, and nothing is left behind'
install_agent --token ssa_wrong && fail 'a wrong token was taken'
grep -q 'does not accept this token' "$work/install.log" || fail 'it does not say what is wrong'
[ "$(state)" = "$before" ] || fail "something was left: $(diff <(echo "$before") <(state))"

say 'the token alone is enough'
for kind in '' --node; do
  if [ -z "$kind" ] && [ ! -e agent/dist/stacksense-agent-linux-x64 ]; then continue; fi
  install_agent --token "$agent_token" --interval 1 "$kind" || fail 'the installation'
done
[ "$(stat -c %a "$root/etc/stacksense/agent.json")" = 600 ] || fail 'others may read the token'
[ "$(stat -c %u "$root/etc/stacksense/agent.json")" != 0 ] || fail 'the configuration belongs to root'
line=$(grep -o 'runuser -u stacksense-agent .*' "$work/install.log" | tail -n 1)
[ -n "$line" ] || fail 'it does not say how to run the agent'

say 'it beats, also after the hub was away'
inside "exec $line" >"$work/agent.log" 2>&1 &
agent_pid=$!
was=$(last_heartbeat)
await newer_than "$was"
kill "$hub_pid"
wait "$hub_pid" || true
start_hub
before_restart=$(last_heartbeat)
await newer_than "$before_restart"

say 'brought up to date without a token'
install_agent --interval 2 --top-processes 3 || fail 'the second installation'
for setting in '"interval": 2' '"top_processes": 3' "\"token\": \"$agent_token\""; do
  [ "$(grep -oF "$setting" "$root/etc/stacksense/agent.json" | wc -l)" = 1 ] || fail "the configuration holds $setting not once"
done

say 'moved to another address, which is asked first'
cp "$root/etc/stacksense/agent.json" "$work/agent.json"
install_agent --hub "http://127.0.0.1:1" && fail 'it moved to where no hub is'
cmp -s "$root/etc/stacksense/agent.json" "$work/agent.json" || fail 'a failed move changed the configuration'
install_agent --hub "http://127.1:$port/" || fail 'the move'
[ "$(grep -oF "\"api_url\": \"http://127.1:$port\"" "$root/etc/stacksense/agent.json" | wc -l)" = 1 ] ||
  fail "it does not report to the new address: $(cat "$root/etc/stacksense/agent.json")"

say 'it goes without a trace, and says goodbye'
install_agent --uninstall || fail 'the removal'
wait "$agent_pid" || true
agent_pid=''
await said_goodbye
[ "$(state)" = "$before" ] || fail "something was left: $(diff <(echo "$before") <(state))"
say 'where there is systemd, the service is hardened, and goes as well'
mkdir -p "$root/run/systemd/system" "$root/usr/local/sbin"
printf '#!/bin/sh\necho "$*" >>/tmp/systemctl.log\n' >"$root/usr/local/sbin/systemctl"
chmod 755 "$root/usr/local/sbin/systemctl"
before=$(state)
for kind in '' --node; do
  install_agent --token "$agent_token" "$kind" || fail 'the installation'
  grep -q '^ExecStart=/.* --config /etc/stacksense/agent.json$' "$root/etc/systemd/system/stacksense-agent.service" || fail 'the unit'
  sed 's#^ExecStart=.*#ExecStart=/bin/true#' "$root/etc/systemd/system/stacksense-agent.service" >"$work/stacksense-agent.service"
  ! systemd-analyze verify "$work/stacksense-agent.service" 2>&1 | grep stacksense-agent || fail 'systemd does not like the unit'
done
install_agent --uninstall || fail 'the removal'
[ "$(state)" = "$before" ] || fail "something was left: $(diff <(echo "$before") <(state))"
for word in enable restart disable; do
  grep -q "^$word " "$root/tmp/systemctl.log" || fail "systemd was not told to $word"
done
say 'all as it should be'
