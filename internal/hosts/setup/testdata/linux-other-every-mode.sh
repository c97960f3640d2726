#!/bin/bash
# Lets the tasks on this machine use their IAM roles. Printed by
#   kubectl taskrole hosts setup --os linux --network-mode bridge,host,awsvpc --ami other --cluster production
# Run it as root. It may run again at any time: what is there already is left alone.
set -euo pipefail

say() { printf 'taskrole-hosts: %s\n' "$*"; }
die() {
  printf 'taskrole-hosts: %s\n' "$*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || die 'not root: run it by sudo bash'

# --- What has to be there before anything is changed. ---
if ! systemctl cat ecs.service >/dev/null 2>&1; then
  command -v docker >/dev/null || die 'there is neither ecs.service nor docker: install Docker first'
fi

# --- What brings the rules back after a reboot. ---
#
# These two keep rules of their own, and would wipe out what is set beside them.
# The unit of ufw is active even where ufw is not.
other=
if systemctl is-active --quiet firewalld 2>/dev/null; then other=firewalld; fi
if ufw status 2>/dev/null | grep -q '^Status: active'; then other=ufw; fi
[ -z "$other" ] || die "$other is at work here: disable it first, or let it hold the rules that stand below in this script"

# shellcheck source=/dev/null
distribution=$(. /etc/os-release && printf '%s' "${ID:-}${VERSION_ID:-} ${ID_LIKE:-}")
case "$distribution" in
  amzn*) family=amazon ;;
  debian* | ubuntu* | *' debian'* | *' ubuntu'*) family=debian ;;
  *) die "unknown distribution $distribution: give --distribution" ;;
esac
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
set_variable ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST true
set_variable ECS_ENABLE_TASK_ENI true
set_variable ECS_AWSVPC_BLOCK_IMDS true

# --- Packets from a bridge may reach the loopback interface, where the agent is. ---
sysctl_file=/etc/sysctl.d/90-ecs-taskrole.conf
sysctl_line='net.ipv4.conf.all.route_localnet = 1'
if [ "$(cat "$sysctl_file" 2>/dev/null)" != "$sysctl_line" ]; then
  mkdir -p "$(dirname "$sysctl_file")"
  printf '%s\n' "$sysctl_line" >"$sysctl_file"
  say "$sysctl_file: $sysctl_line"
fi
sysctl -q -w net.ipv4.conf.all.route_localnet=1

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

# Tasks in bridge and awsvpc mode reach the agent.
append_rule nat PREROUTING -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:51679

# Tasks in host mode, too.
append_rule nat OUTPUT -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 51679

# Nobody else on the link reaches the loopback interface.
first_rule filter INPUT '!' -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack '!' --ctstate RELATED,ESTABLISHED,DNAT -j DROP

# Tasks in bridge mode do not reach the credentials of the instance.
first_rule filter DOCKER-USER -d 169.254.169.254/32 -i docker+ -j DROP

# The rules as they are now are what the next start brings back. Only enabled, not
# started: a start would load the file over the rules of Docker that run now.
saved_all() {
  [ -e "$saved" ] || return 1
  grep -qxF -e '-A PREROUTING -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:51679' "$saved" || return 1
  grep -qxF -e '-A OUTPUT -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 51679' "$saved" || return 1
  grep -qxF -e '-A INPUT ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP' "$saved" || return 1
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
  grep -qxF -e 'ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true' <<<"$known" || return 1
  grep -qxF -e 'ECS_ENABLE_TASK_ENI=true' <<<"$known" || return 1
  grep -qxF -e 'ECS_AWSVPC_BLOCK_IMDS=true' <<<"$known" || return 1
}
if systemctl cat ecs.service >/dev/null 2>&1; then
  agent_knows || systemctl restart ecs
else
  # No service: the agent is a container of ours. A container keeps the variables
  # that it was made with, so that new ones take a new container; its tasks go on
  # if it keeps its state in ECS_DATADIR.
  network=$(docker inspect --format '{{.HostConfig.NetworkMode}}' ecs-agent 2>/dev/null || true)
  if [ "$network" != host ] || ! agent_knows; then
    if [ -n "$network" ]; then
      docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' ecs-agent | grep -q '^ECS_DATADIR=' ||
        die 'the container ecs-agent keeps no state (no ECS_DATADIR), so its tasks would be lost: stop them, then docker rm --force ecs-agent, then run this again'
      docker stop ecs-agent
      docker rm ecs-agent
    fi
    mkdir -p /var/log/ecs /var/lib/ecs/data
    # unless-stopped: on-failure would not bring it back after a reboot.
    docker run --name=ecs-agent --detach --restart=unless-stopped \
      --net=host \
      --env-file="$config" \
      --env=ECS_DATADIR=/data \
      --env=ECS_LOGFILE=/log/ecs-agent.log \
      --volume=/var/run/docker.sock:/var/run/docker.sock \
      --volume=/var/log/ecs:/log \
      --volume=/var/lib/ecs/data:/data \
      --init --cap-add=SYS_ADMIN --cap-add=NET_ADMIN \
      --volume=/proc:/host/proc \
      --volume=/sys/fs/cgroup:/sys/fs/cgroup \
      --volume=/sbin:/host/sbin \
      --volume=/lib:/lib --volume=/lib64:/lib64 \
      --volume=/usr/lib:/usr/lib --volume=/usr/lib64:/usr/lib64 \
      public.ecr.aws/ecs/amazon-ecs-agent:latest
    say 'the agent was started on the network of the host'
  else
    docker start ecs-agent >/dev/null
  fi
fi

say 'done'
