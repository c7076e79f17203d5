#!/usr/bin/env bash
# Builds everything and runs every test; the last line says how many passed.
#
#   ./test.sh             all projects, after the formatter's check
#   ./test.sh NAME...     some of them: "BitTorrent" or "BitTorrent.Tests"
#
# Needs the .NET SDK and Node; installs with apt what else is missing, where it may. Reports stay in artifacts/tests.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

readonly project_limit_seconds=1100
readonly reports=artifacts/tests

# Every process of this run carries this mark and what it was started for, so that none is left behind, however it was started.
readonly run_id="distribution-$$-${EPOCHREALTIME//[.,]/}"

export PATH="$PATH:/usr/sbin:/sbin"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

passed=0
failed=0
skipped=0
skips=()

# A command that tests call, and the Debian package that brings it.
readonly needed_tools=(
  "aria2c aria2"
  "chromium chromium"
  "curl curl"
  "docker-compose docker-compose"
  "ethtool ethtool"
  "ffmpeg ffmpeg"
  "gcc gcc"
  "git git"
  "ip iproute2"
  "jq jq"
  "mktorrent mktorrent"
  "nft nftables"
  "nginx nginx"
  "promtool prometheus"
  "qbittorrent-nox qbittorrent-nox"
  "rtorrent rtorrent"
  "strace strace"
  "systemd-analyze systemd"
  "transmission-daemon transmission-daemon"
  "transmission-show transmission-cli"
  "unshare util-linux"
)

main() {
  trap stop_everything EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  local projects=()
  choose_projects "$@"
  require dotnet "the .NET SDK (global.json names the version)"
  require node "Node"
  require npm "Node's npm"
  install_what_is_missing
  install_azurite
  require jq "jq"

  rm -rf "$reports"
  mkdir -p "$reports"
  if build "$@"; then
    run_projects "${projects[@]}"
  fi
  conclude
}

# Sets "projects": those that are named, else all, the end-to-end tests last.
choose_projects() {
  local known=(tests/*.Tests) name
  known=("${known[@]#tests/}")
  if (($# == 0)); then
    for name in "${known[@]}"; do
      [[ $name == EndToEnd.Tests ]] || projects+=("$name")
    done
    [[ -d tests/EndToEnd.Tests ]] && projects+=(EndToEnd.Tests)
    return
  fi
  for name in "$@"; do
    name=${name#tests/}
    name=${name%/}
    name=${name%.Tests}.Tests
    if [[ ! -d tests/$name ]]; then
      printf 'There is no tests/%s. There are: %s\n' "$name" "${known[*]%.Tests}" >&2
      exit 2
    fi
    projects+=("$name")
  done
}

require() {
  command -v "$1" >/dev/null && return
  printf '%s is needed: %s.\n' "$1" "$2" >&2
  exit 1
}

install_what_is_missing() {
  local missing=() tool command package
  for tool in "${needed_tools[@]}"; do
    read -r command package <<<"$tool"
    command -v "$command" >/dev/null || missing+=("$package")
  done
  # Debian's libtorrent is for Debian's own Python.
  /usr/bin/python3 -c 'import libtorrent' 2>/dev/null || missing+=(python3-libtorrent)
  # Debian keeps its programs apart, a folder a version.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  # The compiler's package only recommends the C library's headers.
  [[ -e /usr/include/stdio.h ]] || missing+=(libc6-dev)
  ((${#missing[@]} == 0)) && return

  local as_root=()
  ((EUID == 0)) || as_root=(sudo -n)
  printf 'Installing %s\n' "${missing[*]}"
  if ! "${as_root[@]}" apt-get update -qq </dev/null ||
    ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null; then
    printf 'Could not install them: tests that need them are skipped, or fail in CI.\n' >&2
  fi
}

# Azure Storage's emulator, for the tests of the content store.
install_azurite() {
  [[ -e tests/Azurite/node_modules/.package-lock.json ]] && return
  printf 'Installing Azurite\n'
  (cd tests/Azurite && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >/dev/null) ||
    printf 'Could not install it: tests that need it are skipped, or fail in CI.\n' >&2
}

build() {
  dotnet tool restore >/dev/null || fault "The tools cannot be restored."
  if (($# == 0)); then
    step "Formatter"
    dotnet csharpier check . || fault "Files are not formatted: dotnet csharpier format ."
    step "Build"
    compile Distribution.sln
    return
  fi
  step "Build"
  local project
  for project in "${projects[@]}"; do
    compile "tests/$project" || return
  done
}

compile() {
  marked dotnet build "$1" -c Release --disable-build-servers -v quiet -clp:NoSummary && return
  fault "$1 does not build."
  return 1
}

# The end-to-end tests mostly wait for clients: they run beside all others, which need the processor, and their output follows. Those that kill
# programs come after the others, still beside the rest.
run_projects() {
  local project end_to_end=EndToEnd.Tests crashes=Distribution.EndToEnd.Tests.Crashes beside=
  if (($# > 1)) && [[ ${*: -1} == "$end_to_end" ]]; then
    set -- "${@:1:$#-1}"
    run_program "$end_to_end" "$end_to_end" -class- "$crashes.*" >"$reports/$end_to_end.log" 2>&1 &
    beside=$!
  fi
  for project in "$@"; do
    step "$project"
    run_program "$project" "$project"
    sum_up "$project" $?
  done
  [[ -z $beside ]] && return
  step "$end_to_end, crashes"
  run_program "$end_to_end" Crashes -class "$crashes.*"
  sum_up Crashes $?
  wait "$beside"
  local status=$?
  step "$end_to_end"
  cat "$reports/$end_to_end.log"
  sum_up "$end_to_end" "$status"
}

# Runs one project's program, or a part of it, which writes a report (CTRF); stops what it left behind.
run_program() {
  local project=$1 name=$2 program
  shift 2
  program=$(compgen -G "tests/$project/bin/Release/net*/Distribution.$project" | head -n 1)
  if [[ -z $program ]]; then
    printf 'tests/%s has no program.\n' "$project" >&2
    return 127
  fi
  local status
  mark=$name marked timeout --kill-after=15 "$project_limit_seconds" \
    "$program" -noColor -noLogo -result-ctrf "$PWD/$reports/$name.json" "$@"
  status=$?
  stop_marked "$name"
  return "$status"
}

# Adds what a project's report says.
sum_up() {
  local name=$1 status=$2 report=$PWD/$reports/$1.json
  local counts own_failed=0
  if counts=$(jq -er '.results.summary | "\(.passed) \(.failed + .other) \(.skipped + .pending)"' "$report" 2>/dev/null); then
    local own_passed own_skipped
    read -r own_passed own_failed own_skipped <<<"$counts"
    passed=$((passed + own_passed))
    failed=$((failed + own_failed))
    skipped=$((skipped + own_skipped))
    mapfile -t -O "${#skips[@]}" skips < <(
      jq -r '.results.tests[] | select(.status == "skipped" or .status == "pending")
        | "\(.name): \(.message // "no reason given" | gsub("\\s+"; " "))"' "$report"
    )
  else
    fault "$name left no report: it ended with $status (124: it took more than $project_limit_seconds s)."
    return
  fi
  if ((status != 0 && own_failed == 0)); then
    fault "$name ended with $status, though no test failed."
  fi
}

conclude() {
  if ((${#skips[@]} > 0)); then
    step "Skipped"
    printf '%s\n' "${skips[@]}"
  fi
  step "Result"
  # Whatever is still running may not write behind the last line.
  stop_marked
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0 && passed > 0))
  exit
}

step() { printf '\n== %s\n' "$1"; }

# A check that is no test of its own has failed.
fault() {
  printf '%s\n' "$1" >&2
  failed=$((failed + 1))
}

# Runs a command with this run's mark and waits, so that a signal is heard at once. Job control keeps SIGINT from being ignored in it.
marked() {
  set -m
  DISTRIBUTION_TEST_RUN=$run_id.${mark:-run} "$@" </dev/null &
  set +m
  wait $!
}

# Ids of the processes that carry this run's mark, for one project or for all.
marked_processes() {
  local folder pattern="^DISTRIBUTION_TEST_RUN=$run_id\.${1:-}"
  for folder in /proc/[0-9]*; do
    if grep -zq "$pattern" "$folder/environ" 2>/dev/null; then
      printf '%s\n' "${folder#/proc/}"
    fi
  done
}

stop_marked() {
  local ids signal
  for signal in TERM KILL; do
    mapfile -t ids < <(marked_processes "${1:-}")
    ((${#ids[@]} == 0)) && return
    kill -s "$signal" "${ids[@]}" 2>/dev/null
    local _
    for _ in {1..30}; do
      mapfile -t ids < <(marked_processes "${1:-}")
      ((${#ids[@]} == 0)) && return
      sleep 0.1
    done
  done
}

stop_everything() {
  local status=$?
  trap - EXIT INT TERM HUP
  stop_marked
  exit "$status"
}

main "$@"
