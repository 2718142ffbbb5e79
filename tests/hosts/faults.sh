# shellcheck shell=bash disable=SC2154  # dir, id and lan are set by `hosts`
# What happens to hosts besides their programs' deaths: sourced by `hosts`.

known_host() {  # known_host <name>
  grep -q "^$1 " <<<"$(recorded host)" || fail "there is no host $1 in $dir"
}

# The agent's cgroups are named after its data directory, as agent/edge/engine names them.
cgroups_of() {  # cgroups_of <data directory>: outermost first
  local base
  base=stowage-$(printf '%s' "$(realpath "$1")" | sha256sum | cut -c 1-8)
  find /sys/fs/cgroup -mindepth 1 -type d -path "*/$base*" 2>/dev/null || true
}

# What a loss of power ends: every process that names the data directory (the agent, conmon, what
# they started) and every container's.
end_everything() {  # end_everything <data directory>
  local data=$1 file group pid
  # A directory is an argument of its own or the beginning of one.
  while read -r file; do
    file=${file#/proc/}
    kill -KILL "${file%/cmdline}" 2>/dev/null || true
  done < <(grep -lzE "(^|[=:,])$data(/|\$)" /proc/[0-9]*/cmdline 2>/dev/null)
  while read -r group; do
    while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done \
      < <(cat "$group/cgroup.procs" 2>/dev/null)
  done < <(cgroups_of "$data")
}

verb_reboot() {
  open_directory "$1"
  local name=$2 data=$dir/$2 space=sw-$id-$2 tries=200 line
  [[ ${3:-keep} == keep || $3 == lose ]] || usage
  known_host "$name"
  # What was just being started when the rest was killed is killed in the next round; a cgroup can
  # be removed when its last process is.
  while ((tries-- > 0)); do
    end_everything "$data"
    cgroups_of "$data" | sort -r | xargs -r rmdir 2>/dev/null || true
    [[ -n $(cgroups_of "$data") ]] || break
    sleep 0.05
  done
  ((tries > 0)) || fail "some of $name would not end"
  while read -r line; do umount -l "$line"; done < <(mounts_below "$data")
  ip -n "sw-$id-lan" link delete "p-$name"
  ip netns delete "$space"
  if [[ ${3:-keep} == lose ]]; then rm -rf --one-file-system "$data"; fi
  cat /proc/sys/kernel/random/uuid >"$dir/$name.boot"
  join_lan "$name"
}

# Frames are dropped where the host's cable meets the bridge, so neither side is told.
verb_cut() {
  open_directory "$1"
  local name=$2 rules=
  known_host "$name"
  case ${3:-} in
    out) rules="iifname \"p-$name\" drop" ;;
    in) rules="oifname \"p-$name\" drop" ;;
    both) rules="iifname \"p-$name\" drop; oifname \"p-$name\" drop" ;;
    *) usage ;;
  esac
  ip netns exec "sw-$id-lan" nft -f - <<END
add table bridge cut-$name
delete table bridge cut-$name
table bridge cut-$name {
  chain forward { type filter hook forward priority 0; policy accept; $rules; }
}
END
}

verb_heal() {
  open_directory "$1"
  known_host "$2"
  ip netns exec "sw-$id-lan" nft delete table bridge "cut-$2"
}
