#!/bin/bash
# Lets the tasks on this machine use their IAM roles. Printed by
#   kubectl taskrole hosts setup --os linux --network-mode awsvpc --ami ecs-optimized
# Run it as root. It may run again at any time: what is there already is left alone.
# No --cluster was given: the agent stays with the cluster that it has.
set -euo pipefail

say() { printf 'taskrole-hosts: %s\n' "$*"; }
die() {
  printf 'taskrole-hosts: %s\n' "$*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || die 'not root: run it by sudo bash'

# --- What has to be there before anything is changed. ---
systemctl cat ecs.service >/dev/null 2>&1 || die 'there is no ecs.service, so this is no ECS-optimized AMI: give --ami other'

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
set_variable ECS_ENABLE_TASK_IAM_ROLE true
set_variable ECS_ENABLE_TASK_ENI true
set_variable ECS_AWSVPC_BLOCK_IMDS true

# --- The agent reads its variables when it starts. ---
#
# agent_knows: the agent was started with all that stands above.
agent_knows() {
  local known
  known=$(docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' ecs-agent 2>/dev/null) || return 1
  grep -qxF -e 'ECS_ENABLE_TASK_IAM_ROLE=true' <<<"$known" || return 1
  grep -qxF -e 'ECS_ENABLE_TASK_ENI=true' <<<"$known" || return 1
  grep -qxF -e 'ECS_AWSVPC_BLOCK_IMDS=true' <<<"$known" || return 1
}
agent_knows || systemctl restart ecs

say 'done'
