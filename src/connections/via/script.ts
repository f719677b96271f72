/*
 * What the sh of the other machine runs. It gets this through stdin, in two blocks, so that nobody quotes anything and sh
 * reads each block whole. A line that it answers has the random word in front. It may be dash, bash, ksh or that of busybox, and
 * no file but these programs needs to exist: not /dev/null, for example.
 */

/** Where a file may be. The second block chooses one by its place in this list. */
const folders = 'set -- "$TMPDIR" /tmp /var/tmp /dev/shm "$HOME" .';

/** Says what the machine is and has, and in which folders a written file runs. Changes nothing. */
export function probeScript(word: string): string {
  return `{ w=${word}; say() { echo "$w $*"; }
if [ -t 0 ]; then say terminal; exit 1; fi
say system $(uname -sm)
for l in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do [ -e $l ] && say has glibc; done
for l in /lib/ld-musl-*; do [ -e "$l" ] && say has musl; done
case $(LD_PRELOAD=libstdc++.so.6 uname 2>&1) in *LD_PRELOAD*) ;; *) say has libstdc++ ;; esac
x=$(command -v gzip) && say has gzip
[ -r /proc/meminfo ] && while read a b x; do [ "$a" = MemAvailable: ] && say memory $b; done </proc/meminfo
g=/sys/fs/cgroup/memory k=
[ -r $g.max ] && l=$g.max u=$g.current s=$g.stat k=inactive_file
[ -r $g/memory.limit_in_bytes ] && g=$g/memory l=$g.limit_in_bytes u=$g.usage_in_bytes s=$g.stat k=total_inactive_file
if [ "$k" ]; then read l <$l; read u <$u; say limit $l; say used $u
while read a b; do [ "$a" = $k ] && say cached $b; done <$s; fi
[ -r /proc/mounts ] && while read a m t x; do [ "$t" = tmpfs ] && say tmpfs "$m"; done </proc/mounts
${folders}
n=0; for d; do f=$d/.atlas-pe-$w
if [ "$d" ] && x=$( (umask 077; set -C; echo : >"$f") 2>&1); then
trap 'rm -f "$f"' EXIT; trap 'exit 1' HUP INT TERM PIPE; chmod 700 "$f"
x=$("$f" 2>&1) && say folder $n $(LC_ALL=C df -Pk "$d" 2>&1); rm -f "$f"; fi
n=$((n+1)); done
say probed; }
`;
}

export interface Sending {
  /** The place of the folder in the list. */
  folder: string;
  /** How many bytes are sent, and how many the file has. */
  sent: number;
  size: number;
}

/**
 * Receives the executable into a file and runs it. The name of the file is gone before the first byte comes, so that
 * nothing can stay. Without /proc, a trap removes it at the end. A file that is being written does not run, so what writes
 * has its own descriptor.
 */
export function runScript({ folder, sent, size }: Sending): string {
  const unpacks = sent === size ? '>&8 8>&- 9<&-' : '8>&- 9<&- | gzip -dc >&8 8>&- 9<&-';
  return `{ umask 077; set -C; ${folders}; shift ${folder}; f=$1/.atlas-pe-$w p=$f
: >"$f" && chmod 700 "$f" && exec 9<"$f" 8>>"$f" || exit 1
[ -e /proc/self/fd/9 ] && rm -f "$f" && p=/proc/self/fd/9
say ready
head -c ${sent} ${unpacks}
exec 8>&-
[ "$(wc -c <&9)" -eq ${size} ] || exit 1
say got
NODE_OPTIONS= "$p" examine --
say end $?
exit; }
`;
}
