# shellcheck shell=bash disable=SC2154  # dir, bin, id, lan and root are set by `hosts`
# Starts and stops the programs of a cluster of hosts: sourced by `hosts`. Each start is remembered
# with its options, so that what was killed comes back as it was.

launch() {  # launch <label> <command…>: in the background, its output in $dir/<label>.log
  local label=$1
  shift
  STOWAGE_HOSTS_ID=$id setsid "$@" >>"$dir/$label.log" 2>&1 </dev/null &
  local name
  name=$(process_name $!)
  note process "$name $label"
  echo "$name" >"$dir/$label.process"
}

running() {  # running <label>
  [[ -e $dir/$1.process ]] && process_alive "$(<"$dir/$1.process")"
}

# Waits for a condition, with a bound, and with the log when the program ended instead.
await() {  # await <label> <seconds> <command…>
  local label=$1 end=$((SECONDS + $2))
  shift 2
  until "$@"; do
    if ! running "$label"; then
      echo "hosts: $label ended; the end of $dir/$label.log:" >&2
      tail -n 15 "$dir/$label.log" >&2
      return 1
    fi
    if ((SECONDS >= end)); then
      echo "hosts: $label was not ready in time; the end of $dir/$label.log:" >&2
      tail -n 15 "$dir/$label.log" >&2
      return 1
    fi
    sleep 0.05
  done
}

answers() {  # answers <url>
  curl -fsS -o /dev/null --noproxy '*' --max-time 2 "$1" 2>/dev/null
}

program() {  # program <name>: its path, or a message that says how to get it
  [[ -x $bin/$1 ]] || fail "there is no $bin/$1: build it, or say where programs are with BIN"
  echo "$bin/$1"
}

listens() {  # listens: both addresses of control, the machine's own first
  cat "$dir/control.listen" 2>/dev/null
}

control_endpoint() {
  local address
  address=$(grep -m1 '^127\.' <<<"$(listens)") || fail "control has not been started in $dir"
  echo "http://$address"
}

control_for_hosts() {
  local address
  address=$(grep -m1 "^$lan\." <<<"$(listens)") || fail "control has not been started in $dir"
  echo "http://$address"
}

addresses_written() {
  local count=0
  if [[ -e $dir/control/address ]]; then
    count=$(grep -cE '[0-9]:[1-9][0-9]*' "$dir/control/address") || true
  fi
  ((count >= 2))
}

# Whether control asks who is calling: so where its options say --auth sigv4.
signed_control() {
  grep -qx sigv4 "$dir/control.options" 2>/dev/null
}

# The file with what lets a host join: a token that the operator's credentials bought. A host that
# has lost its data is a new host and needs another.
token_for() {  # token_for <name> <option…>
  local name=$1 place=() path
  shift
  signed_control || return 0
  if [[ ! -e $dir/$name/identity ]]; then
    path=$(program ecsctl)
    while (($#)); do
      case $1 in
        --pool) place=(--pool) ;;
        --cluster) place=(--cluster "$2") ;;
      esac
      shift
    done
    (
      umask 077
      env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN -u AWS_PROFILE \
        AWS_SHARED_CREDENTIALS_FILE="$dir/control/credentials" AWS_CONFIG_FILE=/dev/null \
        no_proxy='*' "$path" --endpoint "$(control_endpoint)" --region us-east-1 \
        token create "${place[@]}" >"$dir/$name.token"
    ) || fail "no join token for $name"
  fi
  echo "$dir/$name.token"
}

# The first start takes any free port unless CONTROL_PORT asks for one; later starts take the same
# again, because agents and people know it by then. Without --auth among its options it serves
# whoever calls, and hosts are remote, hence --allow-remote.
verb_control() {
  open_directory "$1"
  shift
  local -a options=("$@") addresses
  local path
  path=$(program ecs-control)
  if running control; then fail "control is running in $dir already"; fi
  if ((${#options[@]})) || [[ ! -e $dir/control.options ]]; then
    printf '%s\n' "${options[@]}" >"$dir/control.options"
  fi
  mapfile -t options < <(grep -v '^$' "$dir/control.options" || true)
  mapfile -t addresses < <(listens)
  ((${#addresses[@]} == 2)) || addresses=("127.0.0.1:${CONTROL_PORT:-0}" "$lan.1:0")
  rm -f "$dir/control/address"
  local -a open=(--auth off --allow-remote)
  if [[ " ${options[*]} " == *" --auth "* ]]; then open=(); fi
  launch control "$path" --listen "${addresses[0]}" --listen "${addresses[1]}" \
    --data "$dir/control" "${open[@]}" "${options[@]}"
  await control 30 addresses_written
  grep -oE '[0-9]+(\.[0-9]+){3}:[0-9]+' "$dir/control/address" >"$dir/control.listen"
  await control 30 answers "$(control_endpoint)/healthz"
}

verb_agent() {
  open_directory "$1"
  local name=$2
  shift 2
  local -a options=("$@")
  local address public path label=$name.agent
  path=$(program ecs-agent)
  read -r address public < <(recorded host | awk -v name="$name" '$1 == name { print $2, $3 }')
  [[ -n $address ]] || fail "there is no host $name in $dir"
  if running "$label"; then fail "the agent of $name is running already"; fi
  if ((${#options[@]})); then
    printf '%s\n' "${options[@]}" >"$dir/$label.options"
    # A pool host is where public addresses come from.
    if [[ " ${options[*]} " == *" --pool "* ]]; then
      printf '%s\n' --public-cidr "$public" >>"$dir/$label.options"
    fi
  fi
  mapfile -t options <"$dir/$label.options"
  local token
  token=$(token_for "$name" "${options[@]}")
  if [[ -n $token ]]; then options+=(--token-file "$token"); fi
  if [[ -e $dir/registry.address ]]; then
    options+=(--insecure-registry "$(<"$dir/registry.address")")
  fi
  if [[ -e $dir/$name.boot ]]; then options+=(--boot-id "$(<"$dir/$name.boot")"); fi
  if ! grep -q "^$dir/$name " <<<"$(recorded data)"; then note data "$dir/$name sw-$id-$name"; fi
  launch "$label" nsenter "--net=/run/netns/sw-$id-$name" "$path" \
    --control "$(control_for_hosts)" --data "$dir/$name" --address "$address" "${options[@]}"
}

# Whoever still has a task in it needs it: so it is no "process" of the record, which ends first, but
# found by its mark after the agents have cleaned up.
verb_docker() {
  open_directory "$1"
  local name=$2
  local -a options=()
  if [[ -e $dir/registry.address ]]; then
    options+=(--insecure-registry "$(<"$dir/registry.address")")
  fi
  STOWAGE_HOSTS_ID=$id "$root/tests/hosts/dockerd" start "$dir/$name.docker" \
    --net "/run/netns/sw-$id-$name" "${options[@]}"
}

verb_kill() {
  open_directory "$1"
  local label=$2 signal=$3 name
  [[ $label == control ]] || label=$label.agent
  name=$(<"$dir/$label.process")
  process_alive "$name" || fail "$label is not running"
  kill "-$signal" "${name%%:*}"
  if [[ $signal == KILL || $signal == 9 || $signal == TERM ]]; then
    local tries=200
    while ((tries-- > 0)) && process_alive "$name"; do sleep 0.05; done
    ! process_alive "$name" || fail "$label did not end on $signal within 10 s"
  fi
}

# The images are packed once and kept in the build folder.
verb_registry() {
  open_directory "$1"
  mkdir -p "$root/build/images"
  "$root/tests/images/registry" start "$dir/registry" "$lan.1" >"$dir/registry.address"
  note process "$(process_name "$(<"$dir/registry/registry.pid")") registry"
  "$root/tests/images/build" "$root/build/images" "$(<"$dir/registry.address")" \
    >"$dir/images.log" 2>&1 || {
    tail -n 15 "$dir/images.log" >&2
    fail "packing or pushing the sample images failed"
  }
}

cluster_hosts() {  # cluster_hosts <cluster> <ec2> <pool> <option…>
  local cluster=$1 ec2=$2 pool=$3 number zone name
  shift 3
  for ((number = 1; number <= ec2 + pool; number++)); do
    # Hosts of each kind alternate between two zones.
    if ((number % 2)); then zone=us-east-1a; else zone=us-east-1b; fi
    if ((number <= ec2)); then
      name=h$number
      verb_add "$dir" "$name"
      verb_agent "$dir" "$name" --cluster "$cluster" --az "$zone" "$@"
    else
      name=p$((number - ec2))
      verb_add "$dir" "$name"
      verb_agent "$dir" "$name" --pool --az "$zone" "$@"
    fi
  done
}

# An agent that was started has not joined yet, and whoever runs a task at once would find no host.
await_hosts() {  # await_hosts <count>
  local connected=0 tries=300
  while ((tries-- > 0)); do
    connected=$(curl --noproxy '*' -sS -m 5 "$(control_endpoint)/metrics" |
      awk '/^stowage_container_instances.*state="connected"/ { n += $2 } END { print n + 0 }')
    if ((connected >= $1)); then return 0; fi
    sleep 0.1
  done
  fail "only $connected of $1 hosts joined within 30 s; the logs in $dir say why"
}

verb_cluster() {
  local directory=$1 cluster=default ec2=2 pool=2 cpu=2048 memory=4096
  local -a owner=() options=()
  shift
  while (($#)); do
    case $1 in
      --owner) owner=(--owner "$2") ;;
      --cluster) cluster=$2 ;;
      --ec2) ec2=$2 ;;
      --pool) pool=$2 ;;
      --cpu) cpu=$2 ;;
      --memory) memory=$2 ;;
      --agent-options) read -r -a options <<<"$2" ;;
      --) shift && break ;;
      *) usage ;;
    esac
    shift 2
  done
  verb_up "$directory" "${owner[@]}"
  echo "hosts: network $lan.0/24"
  verb_registry "$directory"
  echo "hosts: registry $(<"$dir/registry.address")"
  verb_control "$directory" "$@"
  echo "hosts: control $(control_endpoint)"
  cluster_hosts "$cluster" "$ec2" "$pool" --cpu "$cpu" --memory "$memory" "${options[@]}"
  await_hosts $((ec2 + pool))
  echo "hosts: $ec2 of cluster $cluster, $pool of the pool"
}
