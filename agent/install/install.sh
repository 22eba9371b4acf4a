#!/bin/sh
# Installs the StackSense agent on this server, or brings it up to date, or removes it. As root:
#
#   curl -fsSL https://HUB/install.sh | sh -s -- --token TOKEN
#   curl -fsSL https://HUB/install.sh | sh -s -- --uninstall
#
# It puts two files into /opt/stacksense, the configuration (readable by the agent alone) into /etc/stacksense, and a unit
# into /etc/systemd/system; it adds the user stacksense-agent, who owns nothing and may do nothing. Before any of it is
# put in place, one heartbeat is sent. If that fails, it says why and nothing is left behind.
#
# The hub filled in the next lines when it served this file.
set -eu

hub='@HUB@'
sum_x64='@SHA256_X64@'
sum_arm64='@SHA256_ARM64@'
sum_node='@SHA256_NODE@'
sum_unit='@SHA256_UNIT@'

user=stacksense-agent
program_dir=/opt/stacksense
config_dir=/etc/stacksense
config=$config_dir/agent.json
unit=/etc/systemd/system/stacksense-agent.service
state_dir=/var/lib/stacksense-agent
least_node=20.19

usage() {
  cat <<USAGE
Installs the StackSense agent, or brings it up to date.

  --token TOKEN      this server's token; not needed where the agent is installed already
  --token-file FILE  the file that holds it, instead
  --hub URL          the hub's address${hub:+ ($hub)}
  --interval SECONDS seconds between heartbeats (30)
  --top-processes N  name the N processes that compute most, and the N largest, with the metrics (0)
  --node             the agent for Node, even where there is an executable
  --uninstall        removes everything that was installed
  --help
USAGE
}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'stacksense-agent: %s\n' "$*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
has_systemd() { [ -d /run/systemd/system ] && has systemctl; }

# Everything is inside a function, so that a download that breaks off runs nothing.
main() {
  token=${STACKSENSE_TOKEN:-}
  interval=''
  top_processes=''
  want_node=''
  moves=''
  action=install
  while [ $# -gt 0 ]; do
    case $1 in
      --token | --token-file | --hub | --interval | --top-processes) [ $# -gt 1 ] || fail "$1 needs a value; --help lists what there is." ;;
    esac
    case $1 in
      --token) token=$2 && shift ;;
      --token-file) token=$(cat "$2") && shift ;;
      --hub) hub=$2 moves=yes && shift ;;
      --interval) interval=$2 && shift ;;
      --top-processes) top_processes=$2 && shift ;;
      --node) want_node=yes ;;
      --uninstall) action=uninstall ;;
      --help | -h)
        usage
        exit 0
        ;;
      *) fail "there is no option $1; --help lists what there is." ;;
    esac
    shift
  done
  [ "$(uname -s)" = Linux ] || fail "this installs on Linux only; elsewhere run the agent for Node, as its guide says."
  [ "$(id -u)" = 0 ] || fail 'this needs root: put sudo before sh.'
  [ ! -e /var/lib/dpkg/info/stacksense-agent.list ] ||
    fail 'here the agent is a Debian package: apt brings it up to date, and removes it.'
  "$action"
}

install() {
  hub=${hub%/}
  case $hub in
    *[!]A-Za-z0-9:/._~%@[-]*) fail "\"$hub\" is not an address: it holds a sign that none has." ;;
    http://* | https://*) ;;
    *) fail '--hub is missing: the address of your hub, such as https://hub.example' ;;
  esac
  for number in "$interval" "$top_processes"; do
    case $number in
      *[!0-9.]*) fail "\"$number\" is not a number." ;;
    esac
  done
  umask 077
  new_user=''
  # Not in /tmp, where programs may not be allowed to run.
  mkdir -p "$program_dir"
  chmod 755 "$program_dir"
  stage=$(mktemp -d "$program_dir/.new.XXXXXX")
  trap 'undo' EXIT
  trap 'exit 130' INT TERM

  choose_agent
  fetch_agent
  add_user
  write_config
  send_one_heartbeat
  put_in_place
  trap - EXIT
  rm -rf "$stage"
  start_agent
}

# What this run has added goes again, as long as nothing is in place.
undo() {
  rm -rf "$stage"
  [ -z "$new_user" ] || remove_user
  rmdir "$program_dir" 2>/dev/null || true
}

# The executable of this machine's kind, else the agent for Node.
choose_agent() {
  case $(uname -m) in
    x86_64 | amd64) kind=x64 sum=$sum_x64 ;;
    aarch64 | arm64) kind=arm64 sum=$sum_arm64 ;;
    *) kind=$(uname -m) sum='' ;;
  esac
  program=$program_dir/stacksense-agent
  if [ -z "$want_node" ] && [ -n "$sum" ]; then
    file=stacksense-agent-linux-$kind
    command=$program
    return
  fi
  [ -n "$want_node" ] || say "This hub has no executable for $kind, so the agent for Node is installed."
  has node || fail "that needs Node $least_node or newer, which is not here. Install it, or build the executables on the hub: npm run build:agent"
  node=$(command -v node)
  node_is_new_enough || fail "that needs Node $least_node or newer; $node is $("$node" --version)."
  [ -n "$sum_node" ] || fail 'this hub has no agent to give: run "npm run build" there.'
  file=stacksense-agent.js sum=$sum_node
  program=$program_dir/stacksense-agent.mjs
  command="$node $program"
}

node_is_new_enough() {
  "$node" -e "const [a, b] = process.versions.node.split('.').map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)"
}

fetch_agent() {
  download "$hub/agent/$file" "$stage/agent"
  check_sum "$stage/agent" "$sum" "$file"
  chmod 755 "$stage/agent"
  if has_systemd; then
    download "$hub/agent/stacksense-agent.service" "$stage/unit"
    check_sum "$stage/unit" "$sum_unit" stacksense-agent.service
    unit_for_this_agent
  fi
}

download() {
  if has curl; then
    curl -fsSL --proto '=http,https' --connect-timeout 10 --max-time 300 -o "$2" "$1" || fail "$1 could not be fetched."
  elif has wget; then
    wget -q -T 60 -O "$2" "$1" || fail "$1 could not be fetched."
  else
    fail 'this needs curl or wget.'
  fi
}

check_sum() {
  if has sha256sum; then
    found=$(sha256sum "$1")
  elif has openssl; then
    found=$(openssl dgst -sha256 -r "$1")
  else
    fail 'this needs sha256sum or openssl, to verify what was downloaded.'
  fi
  [ "${found%% *}" = "$2" ] || fail "$3 is not what the hub promised: its checksum differs. Nothing was installed."
}

# The unit as it is served starts Node and gives it the memory that it needs.
unit_for_this_agent() {
  if [ "$program" = "$program_dir/stacksense-agent" ]; then
    limits='s/^MemoryMax=.*/MemoryMax=32M/; s/^TasksMax=.*/TasksMax=16\
MemoryDenyWriteExecute=yes/; /MemoryDenyWriteExecute (Node/d'
  else
    limits=''
  fi
  sed -e "s|^ExecStart=.*|ExecStart=$command --config $config|" -e "$limits" "$stage/unit" >"$stage/unit.new"
}

add_user() {
  id "$user" >/dev/null 2>&1 && return
  say "Adding the user $user."
  new_user=yes
  if has useradd; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell "$(nologin)" "$user"
  elif has adduser; then
    addgroup -S "$user" 2>/dev/null || true
    adduser -S -D -H -h /nonexistent -s "$(nologin)" -G "$user" "$user"
  else
    fail 'this needs useradd or adduser.'
  fi
}

nologin() {
  for shell in /usr/sbin/nologin /sbin/nologin /bin/false; do
    [ -x "$shell" ] && break
  done
  say "$shell"
}

as_agent() {
  if has runuser; then
    runuser -u "$user" -- "$@"
  elif has setpriv; then
    setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@"
  else
    su -s /bin/sh "$user" -c "$*"
  fi
}

write_config() {
  chgrp "$user" "$stage"
  chmod 750 "$stage"
  if [ -z "$token" ]; then
    [ -f "$config" ] || fail 'the token is missing: --token TOKEN. The page shows it when a server is added, and makes a new one on the page of a server.'
    cp "$config" "$stage/agent.json"
    [ -z "$moves" ] || set_setting api_url "\"$hub\""
    [ -z "$interval" ] || set_setting interval "$interval"
    [ -z "$top_processes" ] || set_setting top_processes "$top_processes"
  else
    case $token in
      *[!A-Za-z0-9_.~+/=-]*) fail 'this is not a token: it holds a sign that no token has.' ;;
    esac
    ask_server_id
    {
      printf '{ "server_id": %s, "api_url": "%s", "token": "%s"' "$server_id" "$hub" "$token"
      [ -z "$interval" ] || printf ', "interval": "%s"' "$interval"
      [ -z "$top_processes" ] || printf ', "top_processes": "%s"' "$top_processes"
      printf ' }\n'
    } >"$stage/agent.json"
  fi
  chown "$user" "$stage/agent.json"
  chmod 600 "$stage/agent.json"
}

# In a configuration that people may have edited: its value is replaced where it stands, else it comes first.
set_setting() {
  awk -v name="\"$1\"" -v value="$2" '
    { text = text $0 "\n" }
    END {
      if (match(text, name "[ \t\n]*:[ \t\n]*(\"[^\"]*\"|[^ \t\n,}]+)"))
        text = substr(text, 1, RSTART - 1) name ": " value substr(text, RSTART + RLENGTH)
      else
        sub(/{/, "{ " name ": " value ",", text)
      printf "%s", text
    }' "$stage/agent.json" >"$stage/agent.json.new"
  cat "$stage/agent.json.new" >"$stage/agent.json"
  rm "$stage/agent.json.new"
}

# The token says which server this is. It goes by standard input: what stands on a command line can be read by everybody.
ask_server_id() {
  if has curl; then
    answer=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
      curl -sS --max-time 15 -K - -w '\n%{http_code}' "$hub/api/agent") || fail "$hub does not answer this machine: see above."
  else
    answer=$(wget -q -T 15 -O - --header "Authorization: Bearer $token" "$hub/api/agent") || answer='
401'
  fi
  case $answer in
    *'
401') fail "$hub does not accept this token: it was mistyped, rotated, or belongs to another hub." ;;
    *'
403') fail 'this token is not an agent token: those begin with ssa_.' ;;
  esac
  server_id=$(printf '%s' "$answer" | sed -n 's/.*"server_id" *: *\([0-9][0-9]*\).*/\1/p')
  server_name=$(printf '%s' "$answer" | sed -n 's/.*"server_name" *: *"\([^"\\]*\)".*/\1/p')
  [ -n "$server_id" ] || fail "$hub answers, but not as a StackSense hub does: is the address right?"
}

# With the configuration, the program and the user that the service will have.
send_one_heartbeat() {
  say 'Sending one heartbeat.'
  if [ "$program" = "$program_dir/stacksense-agent" ]; then
    set -- "$stage/agent"
  else
    cp "$stage/agent" "$stage/agent.mjs"
    chmod 755 "$stage/agent.mjs"
    set -- "$node" "$stage/agent.mjs"
  fi
  as_agent "$@" --config "$stage/agent.json" --once || fail 'the heartbeat did not arrive; the reason stands above. Nothing was installed.'
}

put_in_place() {
  mkdir -p "$config_dir"
  chgrp "$user" "$config_dir"
  chmod 750 "$config_dir"
  new_user=''
  mv -f "$stage/agent.json" "$config"
  # By renaming: a running agent keeps its own file.
  mv -f "$stage/agent" "$program"
  for other in "$program_dir/stacksense-agent" "$program_dir/stacksense-agent.mjs"; do
    [ "$other" = "$program" ] || rm -f "$other"
  done
  if has_systemd; then
    chmod 644 "$stage/unit.new"
    mv -f "$stage/unit.new" "$unit"
  fi
}

start_agent() {
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet stacksense-agent
    systemctl restart stacksense-agent
    sleep 1
    systemctl is-active --quiet stacksense-agent ||
      fail 'the service does not run: journalctl -u stacksense-agent says why.'
    say "Done. ${server_name:-This server} is watched; journalctl -u stacksense-agent is the agent's log."
    return
  fi
  say "Done, but there is no systemd here to start the agent with the machine. Either let your own supervisor run

  $(runas_line)

or cron, once a minute, by this line in /etc/cron.d/stacksense-agent (and set the server's limit to 150 s or more, for
a beat a minute is too slow for the usual 60 s):

  * * * * * $user $command --config $config --once >/dev/null"
}

runas_line() {
  if has runuser; then
    say "runuser -u $user -- $command --config $config"
  else
    say "su -s /bin/sh $user -c '$command --config $config'"
  fi
}

uninstall() {
  if has_systemd && [ -f "$unit" ]; then
    systemctl disable --quiet --now stacksense-agent || true
  fi
  if id "$user" >/dev/null 2>&1; then
    end_processes
    remove_user
  fi
  rm -f "$unit" /etc/cron.d/stacksense-agent
  rm -rf "$program_dir" "$config_dir" "$state_dir"
  if has_systemd; then
    systemctl daemon-reload
    systemctl reset-failed stacksense-agent 2>/dev/null || true
  fi
  say "The agent is removed. The server is still on the hub; delete it on its page, or it will be OFFLINE."
}

remove_user() {
  if has userdel; then
    userdel "$user" >/dev/null 2>&1 || true
    if has groupdel; then groupdel "$user" >/dev/null 2>&1 || true; fi
  else
    deluser "$user" >/dev/null 2>&1 || true
    delgroup "$user" >/dev/null 2>&1 || true
  fi
}

# Whatever runs as the agent's user: first it may say goodbye.
end_processes() {
  for signal in TERM KILL; do
    for status in /proc/[0-9]*/status; do
      if grep -qs "^Uid:[[:space:]]*$(id -u "$user")[[:space:]]" "$status"; then
        pid=${status#/proc/}
        kill -s "$signal" "${pid%/status}" 2>/dev/null || true
        ended=yes
      fi
    done
    [ -z "${ended:-}" ] && return
    [ "$signal" = KILL ] || sleep 3
  done
}

main "$@"
