#!/bin/bash
# Lets the tasks on this machine use their IAM roles. Printed by
#   kubectl taskrole hosts setup --os linux --network-mode bridge --ami ecs-optimized --distribution al2023 --cluster production
# Run it as root. It may run again at any time: what is there already is left alone.
set -euo pipefail

say() { printf 'taskrole-hosts: %s\n' "$*"; }
die() {
  printf 'taskrole-hosts: %s\n' "$*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || die 'not root: run it by sudo bash'

# --- What has to be there before anything is changed. ---
systemctl cat ecs.service >/dev/null 2>&1 || die 'there is no ecs.service, so this is no ECS-optimized AMI: give --ami other'

# --- What brings the rules back after a reboot. ---
#
# These two keep rules of their own, and would wipe out what is set beside them.
# The unit of ufw is active even where ufw is not.
other=
if systemctl is-active --quiet firewalld 2>/dev/null; then other=firewalld; fi
if ufw status 2>/dev/null | grep -q '^Status: active'; then other=ufw; fi
[ -z "$other" ] || die "$other is at work here: disable it first, or let it hold the rules that stand below in this script"
family=amazon
case "$family" in
  amazon)
    saved=/etc/sysconfig/iptables
    service=iptables
    rpm -q iptables-services >/dev/null 2>&1 || yum install -y iptables-services
    ;;
  debian)
    saved=/etc/iptables/rules.v4
    service=netfilter-persistent
    # --no-remove: a package that has to go for it (ufw) is for its owner to remove.
    if ! dpkg -s iptables-persistent >/dev/null 2>&1; then
      export DEBIAN_FRONTEND=noninteractive
      apt-get -o DPkg::Lock::Timeout=120 update
      apt-get -o DPkg::Lock::Timeout=120 install -y --no-remove iptables-persistent
    fi
    ;;
esac
command -v iptables >/dev/null || die 'there is no iptables'
if systemctl is-enabled --quiet nftables 2>/dev/null; then
  say 'warning: nftables.service is enabled; see that /etc/nftables.conf does not flush at start what the rules below set'
fi

# --- The agent's variables. ---
config=/etc/ecs/ecs.config

# set_variable NAME VALUE leaves one line for the variable, wherever it stood.
set_variable() {
  local all others
  all=$(grep -E "^[[:space:]]*$1=" "$config" || true)
  if [ "$all" = "$1=$2" ]; then
    return
  fi
  others=$(grep -vE "^[[:space:]]*$1=" "$config" || true)
  cp -p "$config" "$config.new"
  printf '%s\n' ${others:+"$others"} "$1=$2" >"$config.new"
  mv "$config.new" "$config"
  say "$config: $1=$2"
}

mkdir -p /etc/ecs
[ -e "$config" ] || : >"$config"
set_variable ECS_CLUSTER production
set_variable ECS_ENABLE_TASK_IAM_ROLE true

# --- The rules. ---
#
# append_rule TABLE CHAIN RULE... adds what is not there yet.
append_rule() {
  local table=$1 chain=$2
  shift 2
  if iptables -w 10 -t "$table" -C "$chain" "$@" 2>/dev/null; then
    return
  fi
  iptables -w 10 -t "$table" -A "$chain" "$@"
  say "rule: $table $chain $*"
}

# first_rule TABLE CHAIN RULE... moves it to the top, where no other comes before it.
first_rule() {
  local table=$1 chain=$2
  shift 2
  if [ "$(iptables -w 10 -t "$table" -S "$chain" 1)" = "-A $chain $*" ]; then
    return
  fi
  while iptables -w 10 -t "$table" -C "$chain" "$@" 2>/dev/null; do
    iptables -w 10 -t "$table" -D "$chain" "$@"
  done
  iptables -w 10 -t "$table" -I "$chain" 1 "$@"
  say "rule: $table $chain $*"
}

# Docker takes this chain as it finds it, and makes it only where there is none.
iptables -w 10 -n -L DOCKER-USER >/dev/null 2>&1 || iptables -w 10 -N DOCKER-USER

# Tasks in bridge mode do not reach the credentials of the instance.
first_rule filter DOCKER-USER -d 169.254.169.254/32 -i docker+ -j DROP

# The rules as they are now are what the next start brings back. Only enabled, not
# started: a start would load the file over the rules of Docker that run now.
saved_all() {
  [ -e "$saved" ] || return 1
  grep -qxF -e '-A DOCKER-USER -d 169.254.169.254/32 -i docker+ -j DROP' "$saved" || return 1
}
if ! saved_all; then
  mkdir -p "$(dirname "$saved")"
  if [ -e "$saved" ] && [ ! -e "$saved.before-taskrole" ]; then
    cp -p "$saved" "$saved.before-taskrole"
  fi
  (umask 077 && iptables-save >"$saved.new")
  mv "$saved.new" "$saved"
  say "saved: $saved"
fi
systemctl is-enabled --quiet "$service" 2>/dev/null || systemctl enable "$service"

# --- The agent reads its variables when it starts. ---
#
# agent_knows: the agent was started with all that stands above.
agent_knows() {
  local known
  known=$(docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' ecs-agent 2>/dev/null) || return 1
  grep -qxF -e 'ECS_CLUSTER=production' <<<"$known" || return 1
  grep -qxF -e 'ECS_ENABLE_TASK_IAM_ROLE=true' <<<"$known" || return 1
}
agent_knows || systemctl restart ecs

say 'done'
