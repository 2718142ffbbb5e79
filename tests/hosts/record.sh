# shellcheck shell=bash disable=SC2154  # dir, bin, id, lan and root are set by `hosts`
# What was made, written down before it is made, and taken down by that name: sourced by `hosts`.
# A record is lines of "kind name [more]". Everything in it may exist or not: a kill -9 between the
# line and the thing is as harmless as one after it.

note() {  # note <kind> <name> [more…]
  printf '%s\n' "$*" >>"$dir/record"
}

recorded() {  # recorded <kind>: the rest of its lines, newest first
  [[ -e $dir/record ]] || return 0
  tac "$dir/record" | awk -v kind="$1" '$1 == kind { sub(/^[^ ]+ /, ""); print }'
}

# A process id alone may have been given to somebody else by now; with its start time it names one
# process for good.
process_name() {  # process_name <pid>: "pid:starttime", nothing when there is none
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  stat=${stat##*) }
  # shellcheck disable=SC2086  # the fields are wanted apart
  set -- "$1" $stat
  [[ $2 == Z ]] || echo "$1:${21}"
}

process_alive() {  # process_alive <pid:starttime>
  [[ -n $1 && $(process_name "${1%%:*}") == "$1" ]]
}

end_process() {  # end_process <pid:starttime> [grace in tenths of a second]
  local name=$1 grace=${2:-50}
  process_alive "$name" || return 0
  kill -TERM "${name%%:*}" 2>/dev/null || true
  while ((grace-- > 0)) && process_alive "$name"; do sleep 0.1; done
  process_alive "$name" || return 0
  kill -KILL "${name%%:*}" 2>/dev/null || true
  grace=50
  while ((grace-- > 0)) && process_alive "$name"; do sleep 0.1; done
}

# Every process that was started here carries the cluster's id in its environment, so that one
# started in the instant before a kill -9 is found although nobody wrote its number down.
marked_processes() {  # marked_processes <id>
  local file
  for file in /proc/[0-9]*/environ; do
    if grep -qzxF "STOWAGE_HOSTS_ID=$1" "$file" 2>/dev/null; then
      file=${file#/proc/}
      echo "${file%/environ}"
    fi
  done
}

mounts_below() {  # mounts_below <directory>: innermost first
  awk -v below="$1/" 'index($5 "/", below) == 1 { print $5 }' /proc/self/mountinfo | sort -r
}

# Lets each agent remove what it made (containers, mounts, cgroups, namespaces, links, tables). It
# runs inside its host, because that is where its links and tables are.
clean_agents() {
  local data namespace where
  local -a pids=()
  while read -r data namespace; do
    [[ -d $data ]] || continue
    where=()
    if [[ -e /run/netns/$namespace ]]; then where=(nsenter "--net=/run/netns/$namespace"); fi
    "${where[@]}" timeout 60 "$bin/ecs-agent" cleanup --data "$data" \
      >>"$data.cleanup.log" 2>&1 </dev/null &
    pids+=("$!:$data")
  done < <(recorded data)
  local pid failed=0
  for pid in "${pids[@]}"; do
    if ! wait "${pid%%:*}"; then
      failed=1
      echo "hosts: cleaning ${pid#*:} failed:" >&2
      tail -n 5 "${pid#*:}.cleanup.log" >&2 || true
    fi
  done
  return "$failed"
}

take_down() {  # what `hosts down` does, with $dir set
  local line id failed=0
  if [[ ! -e $dir/record ]]; then
    rm -rf --one-file-system "$dir"
    return 0
  fi
  # One at a time: the guard of a killed owner and a person may both want to clean.
  exec 8>>"$dir/record"
  flock -w 120 8 || { echo "hosts: somebody else is taking $dir down" >&2; return 1; }
  [[ -e $dir/record ]] || return 0
  id=$(recorded id)
  line=$(recorded bin)
  bin=${line:-$bin}
  while read -r line; do
    if process_alive "$line"; then kill -KILL "${line%%:*}" 2>/dev/null || true; fi
  done < <(recorded builder | sort -u)

  local -a ends=()
  while read -r line; do
    end_process "${line%% *}" & ends+=($!)
  done < <(recorded process)
  for line in "${ends[@]}"; do wait "$line"; done
  clean_agents || failed=1
  for line in $(marked_processes "$id"); do kill -KILL "$line" 2>/dev/null || true; done
  while read -r line; do
    umount "$line" 2>/dev/null || umount -l "$line" 2>/dev/null || failed=1
  done < <(mounts_below "$dir")
  while read -r line; do
    ip link delete "$line" 2>/dev/null || true
  done < <(recorded link)
  while read -r line; do
    if [[ -e /run/netns/$line ]]; then ip netns delete "$line" || failed=1; fi
  done < <(recorded namespace)
  if ((failed)); then
    echo "hosts: some of $dir could not be taken down; its record stays" >&2
    return 1
  fi
  local guard
  guard=$(recorded guard)
  rm -rf --one-file-system "$dir"
  # The guard may be the very process that runs this, after its owner died.
  if [[ -n $guard && ${guard%%:*} != "$$" && ${guard%%:*} != "$PPID" ]]; then
    end_process "$guard" 5
  fi
}
